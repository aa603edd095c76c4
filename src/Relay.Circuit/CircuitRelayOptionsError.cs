namespace Relay.Circuit;

/// <summary>An option that is outside its range.</summary>
/// <param name="Option">The property of <see cref="CircuitRelayOptions"/>.</param>
/// <param name="Value">The value it has, as text.</param>
/// <param name="Accepted">What it accepts, as <c>at least 1</c>.</param>
public sealed record CircuitRelayOptionsError(string Option, string Value, string Accepted)
{
    /// <summary>The error on one line.</summary>
    public override string ToString() => $"{Option}: {Value} is out of range. Accepted: {Accepted}.";
}
