namespace Relay.Circuit;

/// <summary>A relay could not be had: a RESERVE or CONNECT failed.</summary>
public sealed class RelayException : Exception
{
    /// <summary>Creates the exception.</summary>
    public RelayException(RelayError reason, string message, Status? status = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Reason = reason;
        Status = status;
    }

    /// <summary>What went wrong.</summary>
    public RelayError Reason { get; }

    /// <summary>
    /// What the relay answered, when <see cref="Reason"/> is <see cref="RelayError.Refused"/>; may be a number <see cref="Circuit.Status"/> does not name.
    /// Otherwise null.
    /// </summary>
    public Status? Status { get; }
}
