namespace Relay.Circuit;

/// <summary>What an eviction found.</summary>
/// <param name="HadReservation">Whether the peer held a reservation, which has ended.</param>
/// <param name="Circuits">Circuits of the peer, in either role, that are reset or about to be; 0 when circuits were to be left alone.</param>
public readonly record struct Eviction(bool HadReservation, int Circuits);
