namespace Relay.Libp2p;

/// <summary>The remote did not go through the handshake of a connection as the protocols ask: what it sent is not to be trusted.</summary>
internal sealed class HandshakeException(string message, Exception? innerException = null) : IOException(message, innerException)
{
    /// <summary>Whether the handshake was in order, but with somebody else than expected.</summary>
    public bool IsWrongPeer { get; init; }

    /// <summary>Whether the handshake was in order, but with this node itself.</summary>
    public bool IsSelf { get; init; }
}
