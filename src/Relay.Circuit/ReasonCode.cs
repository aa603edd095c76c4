namespace Relay.Circuit;

/// <summary>
/// Why a request was granted or refused, or why something that was granted has ended: finer than the wire's <see cref="Status"/>, and the same code in the
/// decision, the log, the event and the metric. Names and numbers are stable and never reused. <c>docs/operations.md</c> says what to do about each.
/// </summary>
public enum ReasonCode
{
    /// <summary>Nothing is wrong.</summary>
    None = 0,

    /// <summary>A new reservation was granted.</summary>
    Reserved = 1,

    /// <summary>A reservation was renewed.</summary>
    Renewed = 2,

    /// <summary>A circuit slot was granted.</summary>
    CircuitAdmitted = 3,

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

    /// <summary>All reservations for the network around the peer's IP address are taken; the limit says of which family.</summary>
    ReservationsPerPrefixFull = 32,

    /// <summary>The peer has made new reservations too often. Renewals are not counted.</summary>
    ReservationRatePerPeerExceeded = 33,

    /// <summary>New reservations came too often from the peer's IP address. Renewals are not counted.</summary>
    ReservationRatePerIpExceeded = 34,

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

    /// <summary>Too many circuits lead to the destination, not counting those it has opened itself.</summary>
    CircuitsPerDestinationFull = 45,

    /// <summary>The source has opened circuits too often.</summary>
    CircuitRatePerPeerExceeded = 46,

    /// <summary>Circuits were opened too often from the source's IP address.</summary>
    CircuitRatePerIpExceeded = 47,

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

    /// <summary>The source left while its circuit was being made.</summary>
    SourceLeft = 55,

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

    /// <summary>Too many HOP requests are under way on the connection; this one was not read.</summary>
    HopStreamsFull = 70,

    /// <summary>Memory runs short: no circuits for peers that hold no reservation here.</summary>
    StrangersShed = 71,

    /// <summary>Memory runs shorter: no new circuits.</summary>
    CircuitsShed = 72,

    /// <summary>Memory has all but run out: no new reservations. Renewals go on.</summary>
    ReservationsShed = 73,

    /// <summary>The relay is about to stop: nothing new, and no renewals.</summary>
    Draining = 74,

    /// <summary>Ended by <c>CircuitRelay.Evict</c>.</summary>
    Evicted = 80,

    /// <summary>Ended because access control, asked again after a change of policy, no longer admits it.</summary>
    MembershipLost = 81,

    /// <summary>Ended because it was not renewed in time.</summary>
    Expired = 82,

    /// <summary>Ended with the peer's last connection.</summary>
    Disconnected = 83,

    /// <summary>Taken back because its peer could not be told of it.</summary>
    Undelivered = 84,
}
