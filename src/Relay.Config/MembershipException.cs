namespace Relay;

/// <summary>
/// The members of the network could not be read. At start, of an authoritative source, this keeps the node from starting.
/// </summary>
public sealed class MembershipException : Exception
{
    /// <summary>Creates the exception.</summary>
    public MembershipException(MembershipError reason, string message, Exception? innerException = null)
        : base(message, innerException) => Reason = reason;

    /// <summary>Why.</summary>
    public MembershipError Reason { get; }
}
