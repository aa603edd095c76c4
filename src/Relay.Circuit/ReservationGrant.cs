using Relay.Multiformats;

namespace Relay.Circuit;

/// <summary>A reservation that was just granted or renewed.</summary>
/// <param name="Peer">Who holds it.</param>
/// <param name="Expiration">When it ends, as announced: in whole seconds, never later than it really ends.</param>
/// <param name="IsRenewal">Whether the peer held one before.</param>
/// <param name="Serial">Which grant this is.</param>
/// <param name="Options">What it was granted under.</param>
internal sealed record ReservationGrant(PeerId Peer, DateTimeOffset Expiration, bool IsRenewal, long Serial, CircuitRelayOptions Options);
