using Relay.Multiformats;

namespace Relay.Libp2p;

/// <summary>An address cannot be listened on: the port is taken, the address is not one of this machine, or no transport knows its kind.</summary>
public sealed class ListenException : IOException
{
    /// <summary>Creates the exception.</summary>
    public ListenException(Multiaddress address, string message, Exception? innerException = null)
        : base(message, innerException) => Address = address;

    /// <summary>The address.</summary>
    public Multiaddress Address { get; }
}
