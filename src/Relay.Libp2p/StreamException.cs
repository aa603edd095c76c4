namespace Relay.Libp2p;

/// <summary>A stream could not be opened, or ended otherwise than by closing.</summary>
public sealed class StreamException : IOException
{
    /// <summary>Creates the exception.</summary>
    public StreamException(StreamError reason, string message, Exception? innerException = null)
        : base(message, innerException) => Reason = reason;

    /// <summary>What happened.</summary>
    public StreamError Reason { get; }
}
