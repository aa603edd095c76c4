using Microsoft.Extensions.Options;

namespace Relay;

/// <summary>A <see cref="Config"/> cannot be used. Says everything that is wrong with it at once.</summary>
public sealed class ConfigValidationException : OptionsValidationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="errors">What is wrong, at least one.</param>
    public ConfigValidationException(IReadOnlyList<ConfigError> errors)
        : base(Options.DefaultName, typeof(Config), [.. errors.Select(error => error.ToString())]) => Errors = [.. errors];

    /// <summary>What is wrong, in the order of the settings table.</summary>
    public IReadOnlyList<ConfigError> Errors { get; }

    /// <summary>Every error, each on a line of its own.</summary>
    public override string Message =>
        "The relay configuration cannot be used:" + string.Concat(Failures.Select(failure => "\n  " + failure));
}
