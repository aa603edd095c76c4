namespace Relay.Settings;

/// <summary>A rule over two settings. Immutable; a row of <see cref="SettingsTable.Rules"/>.</summary>
/// <param name="Path">The setting that is to be changed when the rule is broken.</param>
/// <param name="Other">The setting it is held against.</param>
/// <param name="WhatIsWrong">What breaks the rule, as <c>is more than MaxTotalCircuits (64)</c>; null when nothing does.</param>
internal sealed record SettingRule(string Path, string Other, Func<HostSettings, string?> WhatIsWrong)
{
    /// <summary>What would be accepted; null for a rule that only should hold: what breaks it works, and is unwise.</summary>
    public string? Accepted { get; init; }
}
