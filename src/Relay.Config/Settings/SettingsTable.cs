using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Relay.Settings;

/// <summary>
/// Every setting of a relay host, once: the one place that knows its path, flag, variable, forms, range, default and description.
/// Thread-safe.
/// </summary>
public static class SettingsTable
{
    private static readonly FrozenDictionary<string, Setting> ByFlag;

    static SettingsTable()
    {
        Rows = [.. NodeSettings.Rows, .. ConnectionSettings.Rows, .. RelayServiceSettings.Rows];
        Rules = [.. RelayServiceRules.Rows];
        ByFlag = Rows.ToFrozenDictionary(row => row.Flag, StringComparer.Ordinal);
    }

    /// <summary>The settings, in the order in which help and errors list them.</summary>
    public static ImmutableArray<Setting> Rows { get; }

    /// <summary>The rules over more than one setting, in the order in which they are reported: after those of each setting by itself.</summary>
    internal static ImmutableArray<SettingRule> Rules { get; }

    /// <summary>
    /// Reads the command line and the environment into <paramref name="settings"/>: a flag wins over its variable, and a variable over what
    /// <paramref name="settings"/> had before. All or nothing: when anything is wrong, nothing is changed and every error is reported.
    /// </summary>
    /// <remarks>
    /// Flags are written <c>--flag value</c> or <c>--flag=value</c>, with one dash or two; a switch may stand alone. A list flag may be
    /// repeated, any other may not. A variable that is set must not be empty. A variable whose flag is given is not looked at.
    /// </remarks>
    /// <param name="settings">Takes the values.</param>
    /// <param name="args">The command line, without the program's name.</param>
    /// <param name="environment">
    /// Looks up an environment variable; null when it is not set. Usually <see cref="Environment.GetEnvironmentVariable(string)"/>.
    /// </param>
    public static SettingsResult Apply(HostSettings settings, IReadOnlyList<string> args, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(environment);

        var errors = new List<SettingError>();
        CommandLine line = CommandLine.Parse(args, errors);
        if (line.HelpRequested)
            return new SettingsResult([], HelpRequested: true);

        var assignments = new List<Action<HostSettings>>();
        foreach (Setting row in Rows)
        {
            (string Source, string Text)? given = line.Values.TryGetValue(row, out string? flag) ? (row.Flag, flag)
                : environment(row.Variable) is { } variable ? (row.Variable, variable)
                : null;
            if (given is { } value && row.Read(value.Source, value.Text, errors) is { } assignment)
                assignments.Add(assignment);
        }

        if (errors.Count == 0)
            assignments.ForEach(assign => assign(settings));
        return new SettingsResult(errors, HelpRequested: false);
    }

    /// <summary>Says everything that is wrong with a configuration.</summary>
    internal static IReadOnlyList<ConfigError> Check(HostSettings settings)
    {
        var errors = new List<ConfigError>();
        foreach (Setting row in Rows)
            row.Check(settings, errors);

        // What is wrong by itself contradicts other settings only by accident.
        var wrong = errors.Select(static error => error.Path).ToHashSet(StringComparer.Ordinal);
        foreach (SettingRule rule in Rules)
        {
            if (!rule.IsWarning && !wrong.Contains(rule.Path) && rule.WhatIsWrong(settings) is { } problem)
                errors.Add(new ConfigError(rule.Path, Format(rule.Path, settings), problem, rule.Accepted));
        }

        return errors;
    }

    /// <summary>Says everything that is unwise in a configuration that is known to be valid.</summary>
    internal static IReadOnlyList<ConfigWarning> Weigh(HostSettings settings)
    {
        var warnings = new List<ConfigWarning>();
        foreach (Setting row in Rows)
            row.Weigh(settings, warnings);
        foreach (SettingRule rule in Rules)
        {
            if (rule.IsWarning && rule.WhatIsWrong(settings) is { } concern)
                warnings.Add(new ConfigWarning(rule.Path, Format(rule.Path, settings), concern));
        }

        return warnings;
    }

    private static string Format(string path, HostSettings settings) => Rows.Single(row => row.Path == path).Format(settings);

    internal static bool TryGetFlag(string flag, out Setting? setting) => ByFlag.TryGetValue(flag, out setting);
}
