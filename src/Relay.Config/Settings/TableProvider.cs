using System.Collections;
using Microsoft.Extensions.Configuration;

namespace Relay.Settings;

/// <summary>What the environment, or the command line, says of the settings table, under the paths of the settings. Thread-safe.</summary>
internal sealed class TableProvider : ConfigurationProvider, IConfigurationSource
{
    public const string Variables = "environment variables";
    public const string CommandLine = "command line";

    private readonly string _section;
    private readonly Func<IReadOnlyDictionary<string, string>> _read; // by flag or by variable
    private readonly Func<Setting, string> _nameOf;
    private readonly IReadOnlyList<ConfigError> _errors;
    private IReadOnlyList<ConfigWarning> _warnings = [];

    private TableProvider(
        string name, string section, Func<IReadOnlyDictionary<string, string>> read, Func<Setting, string> nameOf, IReadOnlyList<ConfigError> errors)
    {
        Name = name;
        _section = section;
        _read = read;
        _nameOf = nameOf;
        _errors = errors;
    }

    /// <summary>What the source is called as a whole.</summary>
    public string Name { get; }

    /// <summary>What can only be meant for the table, and is not in it.</summary>
    public IReadOnlyList<ConfigWarning> Warnings => Volatile.Read(ref _warnings);

    public static TableProvider OfVariables(string section, Func<IDictionary> environment) =>
        new(Variables, section, () => Copy(environment()), static row => row.Variable, []);

    public static TableProvider OfFlags(string section, CommandLine line) =>
        new(CommandLine, section, () => line.Values.ToDictionary(static one => one.Key.Flag, static one => one.Value), static row => row.Flag, line.Errors);

    /// <summary>The flag or the variable behind the setting.</summary>
    public string NameOf(Setting setting) => _nameOf(setting);

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public override void Load()
    {
        var data = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        IReadOnlyDictionary<string, string> values = _read();
        foreach (Setting row in SettingsTable.Rows)
        {
            if (values.TryGetValue(_nameOf(row), out string? text))
                data[ConfigurationPath.Combine(_section, row.Path)] = row.AcrossNegation(text);
        }

        FlagErrors.Write(_errors, _section, data);
        Volatile.Write(ref _warnings, [.. values.Keys.Order(StringComparer.Ordinal).Where(Setting.IsOurVariable).Select(WhatIsUnknown).OfType<ConfigWarning>()]);
        Data = data; // in one step: others may be reading
    }

    private static Dictionary<string, string> Copy(IDictionary environment)
    {
        var copy = new Dictionary<string, string>(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (DictionaryEntry variable in environment)
        {
            if (variable is { Key: string name, Value: string value })
                copy[name] = value;
        }

        return copy;
    }

    // Without its value, which may be anything.
    private static ConfigWarning? WhatIsUnknown(string variable)
    {
        if (SettingsTable.Rows.Any(row => row.Variable.Equals(variable, StringComparison.OrdinalIgnoreCase)))
            return null;
        string nearest = NearestName.Find(variable, SettingsTable.Rows.Select(static row => row.Variable)) ?? "one of those that docs/configuration.md lists";
        return new ConfigWarning(variable, null, $"is not read: no setting has this variable. Meant is perhaps {nearest}");
    }
}
