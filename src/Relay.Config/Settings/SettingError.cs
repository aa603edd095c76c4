namespace Relay.Settings;

/// <summary>A flag or an environment variable that cannot be used.</summary>
/// <param name="Source">The flag, as it was written, or the variable.</param>
/// <param name="Value">Its value; null when it has none.</param>
/// <param name="Problem">What is wrong, as <c>has no unit</c>.</param>
/// <param name="Accepted">What would be accepted.</param>
public sealed record SettingError(string Source, string? Value, string Problem, string Accepted)
{
    /// <summary>The error on one line.</summary>
    public override string ToString() =>
        $"{Source}: {(Value is null ? "" : SettingText.Quote(Value) + " ")}{Problem}. Accepted: {Accepted}.";
}
