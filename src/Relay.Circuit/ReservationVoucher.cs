using Relay.Multiformats;

namespace Relay.Circuit;

/// <summary>The signed word of a relay that it serves a peer; advisory so far, as nobody asks for it. Spec: circuit-v2, "Reservation Vouchers".</summary>
/// <param name="Relay">The relay, which signed it.</param>
/// <param name="Peer">The peer that holds the reservation.</param>
/// <param name="Expiration">Until when, in whole seconds, UTC.</param>
public sealed record ReservationVoucher(PeerId Relay, PeerId Peer, DateTimeOffset Expiration);
