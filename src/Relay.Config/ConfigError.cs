using Relay.Settings;

namespace Relay;

/// <summary>One thing that is wrong in a <see cref="Config"/>.</summary>
/// <param name="Path">
/// Where: the path of the setting below the section, as <c>Connection:RelayService:MaxCircuits</c> or <c>ListenAddresses:1</c>; of what is no
/// setting, the key or the flag as it was written.
/// </param>
/// <param name="Value">The value found there, as text; null when it is null.</param>
/// <param name="Rule">What the value breaks, as <c>must be at least 1</c>.</param>
/// <param name="Accepted">What the setting accepts.</param>
public sealed record ConfigError(string Path, string? Value, string Rule, string Accepted)
{
    /// <summary>The value found there, as text without credentials; null when it is null, or not for others to see.</summary>
    public string? Value { get; init; } = SettingText.WithoutSecrets(Value);

    /// <summary>
    /// Where the value came from: a file, an environment variable or a flag, as <c>appsettings.json</c>, <c>EDGEVPN_RELAY_MAX_DATA</c> or
    /// <c>--relay-service-max-data</c>. Null for a value set in code.
    /// </summary>
    public string? Source { get; init; }

    /// <summary>The error on one line.</summary>
    public override string ToString() => $"{Where}: {(Value is null ? "" : $"{SettingText.Quote(Value)} ")}{Rule}. Accepted: {Accepted}.";

    private string Where => Source is null || Source == Path ? Path : $"{Path} ({Source})";
}
