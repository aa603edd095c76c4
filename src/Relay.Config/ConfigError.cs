using Relay.Settings;

namespace Relay;

/// <summary>One thing that is wrong in a <see cref="Config"/>.</summary>
/// <param name="Path">
/// Where: the path of the setting below the section, as <c>Connection:RelayService:MaxCircuits</c> or <c>ListenAddresses:1</c>.
/// </param>
/// <param name="Value">The value found there, as text; null when it is null.</param>
/// <param name="Rule">What the value breaks, as <c>must be at least 1</c>.</param>
/// <param name="Accepted">What the setting accepts.</param>
public sealed record ConfigError(string Path, string? Value, string Rule, string Accepted)
{
    /// <summary>The error on one line.</summary>
    public override string ToString() => $"{Path}: {SettingText.Quote(Value)} {Rule}. Accepted: {Accepted}.";
}
