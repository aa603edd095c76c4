using Microsoft.Extensions.Configuration;

namespace Relay.Settings;

/// <summary>What the environment, or the command line, says of the settings table, under the paths of the settings. Thread-safe.</summary>
internal sealed class TableProvider : ConfigurationProvider, IConfigurationSource
{
    public const string Variables = "environment variables";
    public const string CommandLine = "command line";

    private readonly string _section;
    private readonly Func<Setting, string?> _valueOf;
    private readonly Func<Setting, string> _nameOf;

    private TableProvider(string name, string section, Func<Setting, string?> valueOf, Func<Setting, string> nameOf)
    {
        Name = name;
        _section = section;
        _valueOf = valueOf;
        _nameOf = nameOf;
    }

    /// <summary>What the source is called as a whole.</summary>
    public string Name { get; }

    /// <summary>What is wrong with the source as a whole.</summary>
    public IReadOnlyList<ConfigError> Errors { get; private init; } = [];

    public static TableProvider OfVariables(string section, Func<string, string?> environment) =>
        new(Variables, section, row => environment(row.Variable), static row => row.Variable);

    public static TableProvider OfFlags(string section, CommandLine line) =>
        new(CommandLine, section, row => line.Values.GetValueOrDefault(row), static row => row.Flag) { Errors = line.Errors };

    /// <summary>The flag or the variable behind the setting.</summary>
    public string NameOf(Setting setting) => _nameOf(setting);

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public override void Load()
    {
        var data = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (Setting row in SettingsTable.Rows)
        {
            if (_valueOf(row) is { } text)
                data[ConfigurationPath.Combine(_section, row.Path)] = row.AcrossNegation(text);
        }

        Data = data; // in one step: others may be reading
    }
}
