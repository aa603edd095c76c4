namespace Relay.Circuit;

/// <summary>The result of a HOP or STOP request, as the wire carries it.</summary>
public enum Status
{
    /// <summary>Granted.</summary>
    Ok = 100,

    /// <summary>RESERVE refused for a reason other than access control: no free slot.</summary>
    ReservationRefused = 200,

    /// <summary>CONNECT refused: too many circuits of the source, to the destination, or in total.</summary>
    ResourceLimitExceeded = 201,

    /// <summary>Refused by access control, or asked for over a relayed connection.</summary>
    PermissionDenied = 202,

    /// <summary>The destination could not be reached or did not accept the circuit.</summary>
    ConnectionFailed = 203,

    /// <summary>The destination holds no reservation on this relay.</summary>
    NoReservation = 204,

    /// <summary>The request could not be understood.</summary>
    MalformedMessage = 400,

    /// <summary>The request was understood and is not one to be sent here.</summary>
    UnexpectedMessage = 401,
}
