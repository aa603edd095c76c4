namespace Relay.Interop.Tests.Peer;

/// <summary>A HOP or STOP message as it came; <see cref="Fields"/> are the numbers of its fields in the order on the wire.</summary>
internal sealed record CircuitMessage(
    IReadOnlyList<int> Fields, string? Type, CircuitMessagePeer? Peer, CircuitMessageReservation? Reservation, CircuitMessageLimit? Limit, RelayStatus? Status);
