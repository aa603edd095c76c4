using Microsoft.Extensions.Configuration;

namespace Relay.Settings;

/// <summary>The flags of the settings table, under the paths of their settings.</summary>
internal sealed class FlagProvider(string section, CommandLine line) : ConfigurationProvider, INamedSource, IConfigurationSource
{
    public IReadOnlyList<ConfigError> Errors => line.Errors;

    public string NameOf(Setting setting) => setting.Flag;

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public override void Load()
    {
        Data.Clear();
        foreach ((Setting row, string text) in line.Values)
            Data[ConfigurationPath.Combine(section, row.Path)] = row.AcrossNegation(text);
    }
}
