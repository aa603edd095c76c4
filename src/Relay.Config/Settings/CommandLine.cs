namespace Relay.Settings;

/// <summary>
/// The command line of a relay host, split into flags and their values. Flags are written <c>--flag value</c> or <c>--flag=value</c>, with one dash or two;
/// a switch may stand alone. A list flag may be repeated, any other may not. Immutable once parsed.
/// </summary>
public sealed class CommandLine
{
    private const int MaxSlips = 2;

    private readonly Dictionary<Setting, string> _values = [];
    private readonly List<ConfigError> _errors = [];

    private CommandLine()
    {
    }

    /// <summary>Whether <c>--help</c> is there.</summary>
    public bool HelpRequested { get; private set; }

    /// <summary>Whether <c>--print-config</c> is there: the host prints each effective value and where it came from, and ends.</summary>
    public bool PrintRequested { get; private set; }

    /// <summary>The JSON file that <c>--config</c> names; null when it is not there.</summary>
    public string? ConfigFile { get; private set; }

    /// <summary>What is no flag of the table, what is there twice, and what has no value.</summary>
    public IReadOnlyList<ConfigError> Errors => _errors;

    /// <summary>The flags of the table that are there, and their values as text, those of a list joined by commas.</summary>
    internal IReadOnlyDictionary<Setting, string> Values => _values;

    /// <summary>Splits <paramref name="args"/>, the command line without the program's name, of a program that takes nothing else.</summary>
    public static CommandLine Parse(IReadOnlyList<string> args) => Parse(args, isShared: false);

    /// <summary>
    /// Picks the flags of the table out of <paramref name="args"/>, the command line of a program that has others. What is none of them is not looked at, unless
    /// it could only be meant as one, as <c>--relay-service-max-dta</c>: then it is an error.
    /// </summary>
    public static CommandLine Pick(IReadOnlyList<string> args) => Parse(args, isShared: true);

    private static CommandLine Parse(IReadOnlyList<string> args, bool isShared)
    {
        ArgumentNullException.ThrowIfNull(args);
        var line = new CommandLine();
        for (int i = 0; i < args.Count; i++)
        {
            (string written, string flag, string? value) = Split(args[i]);
            if (SettingsTable.TryGetFlag(flag, out Setting? setting) && setting is not null)
                line.Take(setting, written, value ?? FollowingValue(setting.IsSwitch, args, ref i));
            else if (isShared && !IsMeant(flag))
                continue;
            else if (flag is HostFlags.Help or "--h")
                line.HelpRequested |= line.IsOn(written, value);
            else if (flag is HostFlags.PrintConfig)
                line.PrintRequested |= line.IsOn(written, value);
            else if (flag is HostFlags.ConfigFile)
                line.TakeConfigFile(written, value ?? FollowingValue(isSwitch: false, args, ref i));
            else
                line.Unknown(written, flag);
        }

        return line;
    }

    // Nobody else has flags with these names, or with one that is a slip of the finger away.
    private static bool IsMeant(string flag) =>
        Setting.IsOurs(flag) || SettingsTable.Rows.Any(row => NearestName.Distance(flag, row.Flag) <= MaxSlips);

    // -flag and --flag are the same, as in Go; the part after the first '=' is the value.
    private static (string Written, string Flag, string? Value) Split(string arg)
    {
        if (!arg.StartsWith('-'))
            return (arg, arg, null);

        int equals = arg.IndexOf('=', StringComparison.Ordinal);
        string written = equals < 0 ? arg : arg[..equals];
        string flag = written.StartsWith("--", StringComparison.Ordinal) ? written : "-" + written;
        return (written, flag, equals < 0 ? null : arg[(equals + 1)..]);
    }

    // Takes the argument after the flag as its value, unless that is a flag itself, known or not. A switch needs none. Null when there is none.
    private static string? FollowingValue(bool isSwitch, IReadOnlyList<string> args, ref int i)
    {
        string? next = i + 1 < args.Count ? args[i + 1] : null;
        bool isValue = next is not null && (isSwitch ? !next.StartsWith('-') : !IsFlag(next));
        if (!isValue)
            return isSwitch ? SwitchText.Format(true) : null;

        i++;
        return next;
    }

    private static bool IsFlag(string arg)
    {
        string flag = Split(arg).Flag;
        return arg.StartsWith("--", StringComparison.Ordinal) || HostFlags.All.Contains(flag) || SettingsTable.TryGetFlag(flag, out _);
    }

    private bool IsOn(string written, string? value)
    {
        if (value is null || (SwitchText.TryParse(value, out bool isOn) && isOn))
            return true;
        if (!SwitchText.TryParse(value, out _))
            AddError(written, value, "is not a switch", "the flag alone, true or false");
        return false;
    }

    private void TakeConfigFile(string written, string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
            AddError(written, value, "has no value", "the path of a JSON file");
        else if (ConfigFile is not null)
            AddError(written, value, $"comes after {SettingText.Quote(ConfigFile)}", "the flag once");
        else
            ConfigFile = value;
    }

    private void Take(Setting setting, string written, string? value)
    {
        if (value is null)
            AddError(written, null, "has no value", setting.Accepted);
        else if (_values.TryAdd(setting, value))
            return;
        else if (setting.IsRepeatable)
            _values[setting] += "," + value;
        else
            AddError(written, value, $"comes after {SettingText.Quote(_values[setting])}", "the flag once");
    }

    private void Unknown(string written, string flag)
    {
        if (!written.StartsWith('-'))
        {
            AddError(written, written, "is not a flag", "flags only, each with two dashes; --help lists them");
            return;
        }

        string? nearest = NearestName.Find(flag, SettingsTable.Rows.Select(row => row.Flag).Concat(HostFlags.All));
        string accepted = nearest is null ? "the flags that --help lists" : $"{nearest} (--help lists all flags)";
        AddError(written, written, "is not a known flag", accepted);
    }

    private void AddError(string written, string? value, string rule, string accepted) =>
        _errors.Add(new ConfigError(SettingText.WithoutSecrets(written)!, value, rule, accepted) { Source = SettingText.WithoutSecrets(written) });
}
