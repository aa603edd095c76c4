namespace Relay.Circuit;

/// <summary>What a <see cref="CircuitRelay"/> holds at one moment. All four are zero when nobody uses it.</summary>
/// <param name="Reservations">Peers with an unexpired reservation.</param>
/// <param name="Circuits">Circuits that hold a slot: open, or waiting for the destination's answer.</param>
/// <param name="HopStreams">HOP streams being served, those of open circuits included.</param>
/// <param name="RentedBuffers">Buffers taken from the pool and not given back yet.</param>
public readonly record struct CircuitRelayCounts(int Reservations, int Circuits, int HopStreams, long RentedBuffers);
