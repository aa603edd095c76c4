namespace Relay.Libp2p.Yamux;

/// <summary>The bounds of one yamux session.</summary>
internal sealed record YamuxOptions
{
    /// <summary>Streams in either direction, each.</summary>
    public int MaxStreams { get; init; } = 1024;

    /// <summary>The largest window one stream may grow to, in bytes, when the budget allows.</summary>
    public uint MaxWindow { get; init; } = 16 * 1024 * 1024;

    /// <summary>How long a connection may be silent before it is asked for a sign of life.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long it may go on being silent after that, or a write to its socket may stand still, before it is given up.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a stream that was closed here waits for the remote to close it too.</summary>
    public TimeSpan StreamLinger { get; init; } = TimeSpan.FromMinutes(1);
}
