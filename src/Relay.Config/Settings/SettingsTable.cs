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
    private static readonly FrozenDictionary<string, Setting> ByPath;

    static SettingsTable()
    {
        Rows =
        [
            .. NodeSettings.Rows,
            .. ConnectionSettings.Rows,
            .. AutoRelaySettings.Rows,
            .. RelayServiceSettings.Rows,
            .. RelaySourceSettings.Rows,
            .. RelayPolicySettings.Rows,
            .. MembershipSettings.Rows,
            .. RelayLoadSettings.Rows,
        ];
        Rules = [.. AutoRelayRules.Rows, .. RelayServiceRules.Rows, .. RelaySourceRules.Rows, .. RelayPolicyRules.Rows];
        ByFlag = Rows.ToFrozenDictionary(row => row.Flag, StringComparer.Ordinal);
        ByPath = Rows.ToFrozenDictionary(row => row.Path, StringComparer.OrdinalIgnoreCase); // as configuration keys compare
    }

    /// <summary>The settings, in the order in which help and errors list them.</summary>
    public static ImmutableArray<Setting> Rows { get; }

    /// <summary>The rules over two settings, reported after what each setting says by itself.</summary>
    internal static ImmutableArray<SettingRule> Rules { get; }

    internal static bool TryGetFlag(string flag, out Setting? setting) => ByFlag.TryGetValue(flag, out setting);

    internal static bool TryGetPath(string path, out Setting? setting) => ByPath.TryGetValue(path, out setting);

    /// <summary>Says everything that is wrong with a configuration.</summary>
    internal static IReadOnlyList<ConfigError> Check(HostSettings settings)
    {
        var errors = new List<ConfigError>();
        foreach (Setting row in Rows)
            row.Check(settings, errors);
        CheckRules(settings, errors);
        return errors;
    }

    /// <summary>
    /// Adds to <paramref name="errors"/> the rules over two settings that are broken. A setting that is wrong by itself takes part in none.
    /// </summary>
    internal static void CheckRules(HostSettings settings, ICollection<ConfigError> errors)
    {
        HashSet<string> wrong = [.. errors.Select(static error => error.Path)];
        foreach (SettingRule rule in Rules)
        {
            if (rule.Accepted is { } accepted && !wrong.Contains(rule.Path) && !wrong.Contains(rule.Other) && rule.WhatIsWrong(settings) is { } problem)
                errors.Add(new ConfigError(rule.Path, ByPath[rule.Path].FormatAtPath(settings), problem, accepted));
        }
    }

    /// <summary>Says everything that is unwise in a configuration that is known to be valid.</summary>
    internal static IReadOnlyList<ConfigWarning> Weigh(HostSettings settings)
    {
        var warnings = new List<ConfigWarning>();
        foreach (Setting row in Rows)
            row.Weigh(settings, warnings);
        foreach (SettingRule rule in Rules)
        {
            if (rule.Accepted is null && rule.WhatIsWrong(settings) is { } concern)
                warnings.Add(new ConfigWarning(rule.Path, ByPath[rule.Path].FormatAtPath(settings), concern));
        }

        return warnings;
    }
}
