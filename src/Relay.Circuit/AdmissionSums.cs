namespace Relay.Circuit;

/// <summary>The counters of <see cref="Admission"/>, each added up over its keys: what its tables must add up to.</summary>
/// <param name="PerIp">Reservations counted at an address.</param>
/// <param name="PerPrefix">Reservations counted at a network.</param>
/// <param name="Prefixes">Networks with a reservation.</param>
/// <param name="PerPeer">Circuits counted at a peer, in either role.</param>
/// <param name="PerDestination">Circuits counted at a destination.</param>
/// <param name="HopStreams">HOP requests counted at a connection.</param>
internal readonly record struct AdmissionSums(int PerIp, int PerPrefix, int Prefixes, int PerPeer, int PerDestination, int HopStreams);
