namespace Relay.Libp2p;

/// <summary>Why a stream could not be opened, or ended otherwise than by closing.</summary>
public enum StreamError
{
    /// <summary>There is no connection to the peer, and no address was given to dial.</summary>
    NotConnected,

    /// <summary>The remote does not speak the protocol.</summary>
    ProtocolNotSupported,

    /// <summary>The remote's answer in the protocol negotiation was not one.</summary>
    NegotiationFailed,

    /// <summary>The remote did not answer the negotiation in time.</summary>
    Timeout,

    /// <summary>The stream was reset, by this side or the remote's.</summary>
    Reset,

    /// <summary>The connection under the stream ended.</summary>
    ConnectionClosed,

    /// <summary>The connection is bounded by its relay, and the caller did not say that this will do.</summary>
    LimitedConnection,

    /// <summary>
    /// The connection under the stream was cut because it had lasted as long, or carried as much, as its relay allows (<see cref="Connection.Limit"/>).
    /// A new connection through the relay starts anew.
    /// </summary>
    LimitReached,

    /// <summary>The connection has as many streams as it may.</summary>
    TooManyStreams,
}
