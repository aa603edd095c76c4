namespace Relay.Circuit;

/// <summary>
/// Why a request was granted or refused, finer than the wire's <see cref="Status"/>: the same code stands in the decision and in the log. Numbers are
/// stable and never reused.
/// </summary>
internal enum ReasonCode
{
    /// <summary>Nothing is wrong.</summary>
    None = 0,

    /// <summary>A new reservation was granted.</summary>
    Reserved = 1,

    /// <summary>A reservation was renewed.</summary>
    Renewed = 2,

    /// <summary>A circuit slot was granted.</summary>
    CircuitAdmitted = 3,

    /// <summary>No decision yet: the access-control filter has to be asked (again), as there is no verdict or it was made under an older policy.</summary>
    VerdictNeeded = 10,

    /// <summary>The request came over a relayed connection.</summary>
    OverRelay = 20,

    /// <summary>The access-control filter said no.</summary>
    AclDenied = 21,

    /// <summary>The access-control filter threw.</summary>
    AclFailed = 22,

    /// <summary>The policy kept changing while the filter was being asked.</summary>
    PolicyUnsettled = 23,

    /// <summary>All reservations are taken.</summary>
    ReservationsFull = 30,

    /// <summary>All reservations for the peer's IP address are taken.</summary>
    ReservationsPerIpFull = 31,

    /// <summary>The destination holds no reservation.</summary>
    NoReservation = 40,

    /// <summary>The destination holds a reservation and its connection is gone: its notice is under way.</summary>
    DestinationNotConnected = 41,

    /// <summary>The source takes part in too many circuits.</summary>
    SourceCircuitsFull = 42,

    /// <summary>The destination takes part in too many circuits.</summary>
    DestinationCircuitsFull = 43,

    /// <summary>All circuits are taken.</summary>
    CircuitsFull = 44,

    /// <summary>The STOP stream could not be opened.</summary>
    StopNotOpened = 50,

    /// <summary>The STOP stream ended or failed before the destination answered.</summary>
    StopInterrupted = 51,

    /// <summary>The destination did not answer in time.</summary>
    StopTimedOut = 52,

    /// <summary>The destination's answer was no STOP status.</summary>
    StopAnswerMalformed = 53,

    /// <summary>The destination refused the circuit.</summary>
    StopRefused = 54,

    /// <summary>The message ended, with the stream, before it was whole.</summary>
    MessageTruncated = 60,

    /// <summary>The length prefix is not a minimal varint, or says more than <see cref="CircuitProtocol.MaxMessageLength"/>.</summary>
    MessageTooLong = 61,

    /// <summary>The message is no protobuf of the expected shape.</summary>
    MessageUnreadable = 62,

    /// <summary>The message has no type, or one nobody has defined.</summary>
    MessageTypeUnknown = 63,

    /// <summary>The message is well formed and of a type that is not sent in this direction.</summary>
    MessageUnexpected = 64,

    /// <summary>The message names no peer, or something that is no peer id.</summary>
    PeerInvalid = 65,

    /// <summary>A peer asked for a circuit to itself.</summary>
    PeerIsSelf = 66,
}
