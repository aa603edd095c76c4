namespace Relay.Circuit;

/// <summary>Why a request to a relay failed.</summary>
public enum RelayError
{
    /// <summary>There is no direct connection to the relay.</summary>
    NotConnected,

    /// <summary>The peer is no relay: it does not speak HOP.</summary>
    ProtocolNotSupported,

    /// <summary>The relay said no; <see cref="RelayException.Status"/> is what it said.</summary>
    Refused,

    /// <summary>The relay did not answer in time.</summary>
    TimedOut,

    /// <summary>The stream or its connection ended before the answer was whole.</summary>
    Interrupted,

    /// <summary>The answer is none: too long, not readable, not a STATUS, or an OK without the reservation.</summary>
    MalformedAnswer,

    /// <summary>The reservation granted has expired already.</summary>
    Expired,

    /// <summary>The voucher is not signed by the relay, or is about another reservation.</summary>
    InvalidVoucher,
}
