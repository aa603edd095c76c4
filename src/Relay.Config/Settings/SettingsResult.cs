namespace Relay.Settings;

/// <summary>What came of reading the command line and the environment.</summary>
/// <param name="Errors">Everything that is wrong; empty when the settings were applied.</param>
/// <param name="HelpRequested">Whether <c>--help</c> was there; then nothing was applied and nothing is reported.</param>
public sealed record SettingsResult(IReadOnlyList<SettingError> Errors, bool HelpRequested)
{
    /// <summary>Whether the settings were applied.</summary>
    public bool Succeeded => Errors.Count == 0 && !HelpRequested;
}
