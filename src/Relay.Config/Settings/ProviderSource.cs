using System.Collections;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Relay.Settings;

/// <summary>What one configuration provider has in a section.</summary>
internal sealed partial class ProviderSource(IConfigurationProvider provider, string section) : ValueSource
{
    public override string Name => NameOf(provider);

    public override bool WritesEmptyLists => provider.GetType().Name.StartsWith("Json", StringComparison.Ordinal);

    public override bool TryGet(string path, out string? value) => provider.TryGet(Key(path), out value);

    public override IReadOnlyList<string> ChildrenOf(string path) =>
        [.. provider.GetChildKeys([], path.Length == 0 && section.Length == 0 ? null : Key(path)).Distinct(StringComparer.OrdinalIgnoreCase)];

    public override string NameOf(string path) =>
        provider is TableProvider table && SettingsTable.TryGetPath(path, out Setting? setting)
            ? table.NameOf(setting!)
            : Name switch
            {
                TableProvider.Variables => VariableOf(Key(path)),
                TableProvider.CommandLine => "--" + Key(path),
                string file => file,
            };

    /// <summary>What the operator calls a provider. The stock ones tell no names; what they print of themselves does.</summary>
    public static string NameOf(IConfigurationProvider provider)
    {
        if (provider is TableProvider table)
            return table.Name;
        string kind = provider.GetType().Name;
        if (kind.StartsWith("EnvironmentVariables", StringComparison.Ordinal))
            return TableProvider.Variables;
        if (kind.StartsWith("CommandLine", StringComparison.Ordinal))
            return TableProvider.CommandLine;
        string text = provider.ToString() ?? kind;
        return FileName().Match(text) is { Success: true } match ? match.Groups[1].Value : text;
    }

    private static string VariableOf(string key)
    {
        string name = key.Replace(ConfigurationPath.KeyDelimiter, "__", StringComparison.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            // With the prefix that the provider has taken off, and in the case in which it is set.
            if (variable.Key is string set && set.EndsWith(name, StringComparison.OrdinalIgnoreCase))
                return set;
        }

        return name;
    }

    [GeneratedRegex("^[A-Za-z]+ for '(.+)' \\((?:Optional|Required)\\)$")]
    private static partial Regex FileName();

    private string Key(string path) => section.Length == 0 ? path : path.Length == 0 ? section : ConfigurationPath.Combine(section, path);
}
