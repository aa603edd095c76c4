namespace Relay.Libp2p;

/// <summary>A peer could not be connected to.</summary>
public sealed class DialException : IOException
{
    /// <summary>Creates the exception.</summary>
    public DialException(DialError reason, string message, Exception? innerException = null)
        : base(message, innerException) => Reason = reason;

    /// <summary>What happened.</summary>
    public DialError Reason { get; }
}
