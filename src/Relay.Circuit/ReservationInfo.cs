using Relay.Multiformats;

namespace Relay.Circuit;

/// <summary>A reservation, as it was at one moment. Immutable.</summary>
/// <param name="Peer">Who holds it.</param>
/// <param name="Address">The address of the connection it was made, or last renewed, over.</param>
/// <param name="ReservedAt">When the peer got it; a renewal does not change this.</param>
/// <param name="RenewedAt">When it was made or last renewed.</param>
/// <param name="ExpiresAt">When it ends unless it is renewed, as the peer was told: in whole seconds.</param>
/// <param name="Admitted">Why it was granted, or last renewed; the detail is what the access-control filter gave as its reason.</param>
public sealed record ReservationInfo(
    PeerId Peer,
    Multiaddress Address,
    DateTimeOffset ReservedAt,
    DateTimeOffset RenewedAt,
    DateTimeOffset ExpiresAt,
    Decision Admitted);
