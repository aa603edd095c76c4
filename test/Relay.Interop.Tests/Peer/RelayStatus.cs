namespace Relay.Interop.Tests.Peer;

/// <summary>The statuses of circuit relay v2, from the specification and not from the code under test.</summary>
internal enum RelayStatus
{
    Ok = 100,
    ReservationRefused = 200,
    ResourceLimitExceeded = 201,
    PermissionDenied = 202,
    ConnectionFailed = 203,
    NoReservation = 204,
    MalformedMessage = 400,
    UnexpectedMessage = 401,
}
