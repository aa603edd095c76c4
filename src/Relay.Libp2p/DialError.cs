namespace Relay.Libp2p;

/// <summary>Why a dial failed.</summary>
public enum DialError
{
    /// <summary>No transport of this node knows how to dial the address.</summary>
    UnsupportedAddress,

    /// <summary>The name in the address does not resolve.</summary>
    NameNotResolved,

    /// <summary>Nobody answered there.</summary>
    ConnectFailed,

    /// <summary>A step took longer than it may.</summary>
    Timeout,

    /// <summary>The remote broke the handshake, or speaks other security or multiplexer protocols.</summary>
    HandshakeFailed,

    /// <summary>Somebody else than the peer in the address is there.</summary>
    WrongPeer,

    /// <summary>This node has as many connections as it may.</summary>
    TooManyConnections,

    /// <summary>The address names this node itself, or leads to it.</summary>
    DialToSelf,
}
