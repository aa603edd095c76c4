using Relay.Settings;

namespace Relay;

/// <summary>One thing in a <see cref="Config"/> that works and is probably not what was meant.</summary>
/// <param name="Path">Where: the path of the setting below the section, as <c>Connection:RelayService:ReservationTtl</c>.</param>
/// <param name="Value">The value found there, as text; null when it says nothing, or may be a secret.</param>
/// <param name="Concern">What is unwise about it, as <c>is longer than the reservation holds</c>.</param>
public sealed record ConfigWarning(string Path, string? Value, string Concern)
{
    /// <summary>The value found there, as text without credentials; null when it is null, or not for others to see.</summary>
    public string? Value { get; init; } = SettingText.WithoutSecrets(Value);

    /// <summary>Where the value came from, see <see cref="ConfigError.Source"/>. Null for a value set in code.</summary>
    public string? Source { get; init; }

    /// <summary>The warning on one line.</summary>
    public override string ToString() => $"{Path}{(Source is null ? "" : $" ({Source})")}: {(Value is null ? "" : $"{SettingText.Quote(Value)} ")}{Concern}.";
}
