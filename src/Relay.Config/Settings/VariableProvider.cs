using Microsoft.Extensions.Configuration;

namespace Relay.Settings;

/// <summary>The environment variables of the settings table, under the paths of their settings.</summary>
internal sealed class VariableProvider(string section, Func<string, string?> environment) : ConfigurationProvider, INamedSource, IConfigurationSource
{
    public IReadOnlyList<ConfigError> Errors => [];

    public string NameOf(Setting setting) => setting.Variable;

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public override void Load()
    {
        Data.Clear();
        foreach (Setting row in SettingsTable.Rows)
        {
            if (environment(row.Variable) is { } text)
                Data[ConfigurationPath.Combine(section, row.Path)] = row.AcrossNegation(text);
        }
    }
}
