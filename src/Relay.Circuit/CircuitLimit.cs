namespace Relay.Circuit;

/// <summary>The bounds a relay has announced for a circuit. At least one of them is set: a circuit without bounds has no <see cref="CircuitLimit"/>.</summary>
/// <param name="Duration">How long the circuit may last, or null when that is not limited. The wire carries whole seconds.</param>
/// <param name="Data">How many bytes it carries in each direction, or null when that is not limited.</param>
public sealed record CircuitLimit(TimeSpan? Duration, long? Data);
