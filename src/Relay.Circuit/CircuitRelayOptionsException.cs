namespace Relay.Circuit;

/// <summary><see cref="CircuitRelayOptions"/> cannot be used. Says everything that is wrong with them at once.</summary>
public sealed class CircuitRelayOptionsException : ArgumentException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="errors">What is wrong, at least one.</param>
    public CircuitRelayOptionsException(IReadOnlyList<CircuitRelayOptionsError> errors)
        : base("The relay options cannot be used:" + string.Concat(errors.Select(error => $"\n  {error}"))) => Errors = [.. errors];

    /// <summary>What is wrong, in the order of the options.</summary>
    public IReadOnlyList<CircuitRelayOptionsError> Errors { get; }
}
