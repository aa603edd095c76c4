namespace Relay;

/// <summary>How many connections, handshakes and streams the node carries. Documented at <see cref="ConnectionConfig"/>.</summary>
public sealed record ConnectionLimitsOption : NodeOption
{
    internal ConnectionLimitsOption()
    {
    }

    /// <summary>Connections in total.</summary>
    public int MaxConnections { get; internal init; }

    /// <summary>Connections of one IP address.</summary>
    public int MaxConnectionsPerIp { get; internal init; }

    /// <summary>Inbound connections in the middle of their handshake.</summary>
    public int MaxPendingHandshakes { get; internal init; }

    /// <summary>Streams of one connection in each direction.</summary>
    public int MaxStreamsPerConnection { get; internal init; }

    /// <summary>The deadline of each step of a handshake.</summary>
    public TimeSpan HandshakeTimeout { get; internal init; }

    internal override IEnumerable<(string Name, string Value)> Describe() =>
    [
        ("MaxConnections", $"{MaxConnections}"),
        ("MaxConnectionsPerIp", $"{MaxConnectionsPerIp}"),
        ("MaxPendingHandshakes", $"{MaxPendingHandshakes}"),
        ("MaxStreamsPerConnection", $"{MaxStreamsPerConnection}"),
        ("HandshakeTimeout", Text(HandshakeTimeout)),
    ];
}
