using Relay.Multiformats;

namespace Relay.Circuit;

/// <summary>Somebody who holds a reservation, for access control to be asked about again.</summary>
/// <param name="Peer">The peer.</param>
/// <param name="Address">Where it was when it made or renewed the reservation.</param>
/// <param name="Serial">Which grant that was.</param>
internal readonly record struct ReservationHolder(PeerId Peer, Multiaddress Address, long Serial);
