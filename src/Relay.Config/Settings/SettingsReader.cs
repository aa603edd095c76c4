using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Relay.Settings;

/// <summary>Reads the settings of the table out of the layers of a section. Used once.</summary>
/// <param name="sources">The layers; a later one wins.</param>
/// <param name="settings">Takes the values, and keeps what no layer has.</param>
internal sealed class SettingsReader(IReadOnlyList<ValueSource> sources, HostSettings settings)
{
    private static readonly HashSet<string> Sections = new(SettingsTable.Rows.SelectMany(static row => Above(row.Path)), StringComparer.OrdinalIgnoreCase);

    private readonly List<ConfigError> _errors = [.. sources.SelectMany(FlagErrors.Read)];
    private readonly Dictionary<string, string> _sources = []; // by the path of the setting

    /// <summary>Reads them.</summary>
    /// <param name="errors">What is wrong beside them.</param>
    /// <param name="warnings">What is unwise beside them.</param>
    public SettingsReading Read(IReadOnlyList<ConfigError> errors, IReadOnlyList<ConfigWarning> warnings)
    {
        _errors.AddRange(errors);
        FindUnknown(string.Empty);
        foreach (Setting row in SettingsTable.Rows)
        {
            if (sources.LastOrDefault(source => source.Has(row.Path)) is { } source)
                Read(row, source);
        }

        settings.Written = _sources.Keys;
        SettingsTable.CheckRules(settings, _errors);
        return new SettingsReading(settings, _sources, _errors, warnings, sources.SelectMany(static source => source.Holdings));
    }

    // Connection:RelayService:MaxData is in Connection:RelayService and in Connection.
    private static IEnumerable<string> Above(string path)
    {
        for (int end = path.LastIndexOf(':'); end > 0; end = path.LastIndexOf(':', end - 1))
            yield return path[..end];
    }

    private void Read(Setting row, ValueSource source)
    {
        string name = source.NameOf(row.Path);
        _sources[row.Path] = name;
        IReadOnlyList<string> children = source.ChildrenOf(row.Path);
        string? text;
        if (children.Count > 0)
            text = ReadItems(row, source, children);
        else if (source.TryGet(row.Path, out text) && text is null)
            Add(row.Path, null, "must not be null", row.Accepted, name);
        else if (text?.Length == 0 && row.IsRepeatable && source.WritesEmptyLists)
            text = SettingText.None;

        if (text is not null && row.Read(name, text, _errors) is { } assign)
            assign(settings);
    }

    // The items as one text, with the commas of the text form; null when something is wrong with one.
    private string? ReadItems(Setting row, ValueSource source, IReadOnlyList<string> children)
    {
        if (!row.IsRepeatable)
        {
            Add(row.Path, null, $"has keys below it ({string.Join(", ", children.Take(3))})", row.Accepted, source.NameOf(row.Path));
            return null;
        }

        int before = _errors.Count;
        var items = new List<string>();
        foreach (string child in children)
        {
            string path = ValueSource.Combine(row.Path, child);
            if (!int.TryParse(child, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                Add(path, null, "is not an item of a list", row.Accepted, source.NameOf(path));
            else if (!source.TryGet(path, out string? item) || item is null)
                Add(path, null, "must not be null", row.Accepted, source.NameOf(path));
            else
                items.Add(item);
        }

        return _errors.Count > before ? null : string.Join(',', items);
    }

    private void FindUnknown(string above)
    {
        foreach (string name in sources.SelectMany(source => source.ChildrenOf(above)).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            string path = ValueSource.Combine(above, name);
            if (SettingsTable.TryGetPath(path, out _) || (path == FlagErrors.Key && _errors.Count > 0))
                continue;

            // Null: it has gone since the look before, as a reload may have it.
            if (sources.LastOrDefault(source => source.Has(path)) is not { } source)
                continue;
            source.TryGet(path, out string? value);
            if (!Sections.Contains(path))
                Add(path, null, "is not a known setting", NearestTo(path), source.NameOf(path));
            else if (!string.IsNullOrEmpty(value))
                Add(path, value, "is a section, not a value", "settings below it", source.NameOf(path));
            else
                FindUnknown(path);
        }
    }

    // A sibling with a name like it, or a setting with a name like it in another section.
    private static string NearestTo(string path)
    {
        string[] known = [.. SettingsTable.Rows.Select(static row => row.Path), .. Sections];
        string parent = Parent(path);
        return Nearest(known.Where(other => Parent(other).Equals(parent, StringComparison.OrdinalIgnoreCase)))
            ?? Nearest(known)
            ?? "the settings that docs/configuration.md lists";

        string? Nearest(IEnumerable<string> candidates) =>
            NearestName.Find(Name(path), candidates.Select(Name)) is { } name ? candidates.First(candidate => Name(candidate) == name) : null;
    }

    private static string Parent(string path) => ConfigurationPath.GetParentPath(path) ?? string.Empty;

    private static string Name(string path) => ConfigurationPath.GetSectionKey(path)!;

    private void Add(string path, string? value, string rule, string accepted, string source) =>
        _errors.Add(new ConfigError(path, value, rule, accepted) { Source = source });
}
