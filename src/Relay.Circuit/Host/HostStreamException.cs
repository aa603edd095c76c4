namespace Relay.Circuit.Host;

/// <summary>A stream of the host could not be opened, or ended otherwise than by closing.</summary>
public sealed class HostStreamException : IOException
{
    /// <summary>Creates the exception.</summary>
    public HostStreamException(HostStreamError error, string message, Exception? innerException = null)
        : base(message, innerException) => Error = error;

    /// <summary>What happened.</summary>
    public HostStreamError Error { get; }
}
