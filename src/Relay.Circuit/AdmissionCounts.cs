namespace Relay.Circuit;

/// <summary>How many of each kind <see cref="Admission"/> holds.</summary>
/// <param name="Reservations">Unexpired reservations.</param>
/// <param name="Circuits">Circuit slots that are out.</param>
/// <param name="Addresses">IP addresses with a reservation.</param>
/// <param name="CircuitPeers">Peers that take part in a circuit.</param>
internal readonly record struct AdmissionCounts(int Reservations, int Circuits, int Addresses, int CircuitPeers);
