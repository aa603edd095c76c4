namespace Relay.Interop.Tests.Peer;

/// <param name="Expire">Unix seconds.</param>
internal sealed record CircuitMessageReservation(IReadOnlyList<int> Fields, long? Expire, IReadOnlyList<string> Addrs, CircuitMessageVoucher? Voucher);
