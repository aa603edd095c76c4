namespace Relay.Settings;

/// <summary>The flags of a command line and their values, as text.</summary>
internal sealed class CommandLine
{
    private const string Help = "--help";

    private readonly Dictionary<Setting, string> _values = [];
    private readonly ICollection<SettingError> _errors;

    private CommandLine(ICollection<SettingError> errors) => _errors = errors;

    public IReadOnlyDictionary<Setting, string> Values => _values;

    public bool HelpRequested { get; private set; }

    /// <summary>Splits <paramref name="args"/>; what is no flag of the table goes to <paramref name="errors"/>.</summary>
    public static CommandLine Parse(IReadOnlyList<string> args, ICollection<SettingError> errors)
    {
        var line = new CommandLine(errors);
        for (int i = 0; i < args.Count; i++)
        {
            (string written, string flag, string? value) = Split(args[i]);
            if (flag is Help or "--h")
                line.HelpRequested = true;
            else if (!SettingsTable.TryGetFlag(flag, out Setting? setting) || setting is null)
                line.Unknown(written, flag);
            else
                line.Take(setting, written, value ?? FollowingValue(setting, args, ref i));
        }

        return line;
    }

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

    // Takes the argument after the flag as its value, unless that is a flag itself. A switch needs none. Null when there is none.
    private static string? FollowingValue(Setting setting, IReadOnlyList<string> args, ref int i)
    {
        string? next = i + 1 < args.Count ? args[i + 1] : null;
        bool isValue = next is not null && (setting.IsSwitch ? !next.StartsWith('-') : !IsFlag(next));
        if (!isValue)
            return setting.IsSwitch ? SwitchText.Format(true) : null;

        i++;
        return next;
    }

    private static bool IsFlag(string arg)
    {
        string flag = Split(arg).Flag;
        return flag == Help || SettingsTable.TryGetFlag(flag, out _);
    }

    private void Take(Setting setting, string written, string? value)
    {
        if (value is null)
            _errors.Add(new SettingError(written, null, "has no value", setting.Accepted));
        else if (_values.TryAdd(setting, value))
            return;
        else if (setting.IsRepeatable)
            _values[setting] += "," + value;
        else
            _errors.Add(new SettingError(written, value, $"comes after {SettingText.Quote(_values[setting])}", "the flag once"));
    }

    private void Unknown(string written, string flag)
    {
        if (!written.StartsWith('-'))
        {
            _errors.Add(new SettingError(written, null, "is not a flag", "flags only, each with two dashes; --help lists them"));
            return;
        }

        string? nearest = NearestName.Find(flag, SettingsTable.Rows.Select(row => row.Flag).Append(Help));
        string accepted = nearest is null ? "the flags that --help lists" : $"{nearest} (--help lists all flags)";
        _errors.Add(new SettingError(written, null, "is not a known flag", accepted));
    }
}
