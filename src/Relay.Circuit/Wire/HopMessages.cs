using Relay.Multiformats;

namespace Relay.Circuit.Wire;

/// <summary>The HOP messages we send.</summary>
internal static class HopMessages
{
    public static HopMessage Reserve() => new() { Type = HopMessage.Types.Type.Reserve };

    /// <summary>No addresses: a relay that dials is nothing we ask for.</summary>
    public static HopMessage Connect(PeerId destination) => new() { Type = HopMessage.Types.Type.Connect, Peer = PeerCodec.ToWire(destination) };

    /// <summary>An answer without a reservation: a refusal, or the OK to a CONNECT with the circuit's limit.</summary>
    public static HopMessage Answer(Status status, Limit? limit = null) => new()
    {
        Type = HopMessage.Types.Type.Status,
        Status = (StatusCode)status,
        Limit = limit,
    };

    /// <summary>The OK to a RESERVE.</summary>
    public static HopMessage Reserved(Reservation reservation, Limit? limit) => new()
    {
        Type = HopMessage.Types.Type.Status,
        Status = StatusCode.Ok,
        Reservation = reservation,
        Limit = limit,
    };
}
