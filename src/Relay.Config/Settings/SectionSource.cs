using Microsoft.Extensions.Configuration;

namespace Relay.Settings;

/// <summary>A section whose providers are not known, as one layer.</summary>
internal sealed class SectionSource(IConfiguration section) : ValueSource
{
    public override string Name => section is IConfigurationSection { Path: { Length: > 0 } path } ? path : "the configuration";

    // Each setting: what a file or another source has in it cannot be told apart.
    public override IEnumerable<string> Holdings => SettingsTable.Rows.Where(row => Has(row.Path)).Select(row => NameOf(row.Path));

    public override bool TryGet(string path, out string? value)
    {
        IConfigurationSection there = section.GetSection(path);
        value = there.Value;
        return value is not null || (!there.GetChildren().Any() && ChildrenOf(Parent(path)).Contains(KeyOf(path), StringComparer.OrdinalIgnoreCase));
    }

    public override IReadOnlyList<string> ChildrenOf(string path) =>
        [.. (path.Length == 0 ? section : section.GetSection(path)).GetChildren().Select(static child => child.Key)];

    public override string NameOf(string path) => section is IConfigurationSection { Path: { Length: > 0 } above } ? Combine(above, path) : path;

    private static string Parent(string path) => ConfigurationPath.GetParentPath(path) ?? string.Empty;

    private static string KeyOf(string path) => ConfigurationPath.GetSectionKey(path)!;
}
