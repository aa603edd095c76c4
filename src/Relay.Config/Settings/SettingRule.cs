namespace Relay.Settings;

/// <summary>A rule over more than one setting. Immutable; a row of <see cref="SettingsTable.Rules"/>.</summary>
/// <param name="Path">The setting that is to be changed when the rule is broken.</param>
/// <param name="IsWarning">Whether a configuration that breaks the rule works all the same, and is only unwise.</param>
/// <param name="WhatIsWrong">What breaks the rule, as <c>is more than MaxTotalCircuits (64)</c>; null when nothing does.</param>
/// <param name="Accepted">What would be accepted. Of a warning, unused.</param>
internal sealed record SettingRule(string Path, bool IsWarning, Func<HostSettings, string?> WhatIsWrong, string Accepted = "")
{
    /// <summary>A rule that must hold.</summary>
    public static SettingRule Must(string path, string accepted, Func<HostSettings, string?> whatIsWrong) => new(path, false, whatIsWrong, accepted);

    /// <summary>A rule that should hold.</summary>
    public static SettingRule Should(string path, Func<HostSettings, string?> whatIsUnwise) => new(path, true, whatIsUnwise);
}
