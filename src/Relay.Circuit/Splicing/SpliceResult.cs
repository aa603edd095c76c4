namespace Relay.Circuit.Splicing;

/// <summary>How a circuit went.</summary>
/// <param name="End">What ended it.</param>
/// <param name="BytesToDestination">Bytes forwarded from source to destination.</param>
/// <param name="BytesToSource">Bytes forwarded from destination to source.</param>
/// <param name="Failure">What the host threw when <paramref name="End"/> is <see cref="CircuitEnd.Failed"/>.</param>
internal readonly record struct SpliceResult(CircuitEnd End, long BytesToDestination, long BytesToSource, Exception? Failure);
