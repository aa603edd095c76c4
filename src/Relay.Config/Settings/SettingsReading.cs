using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;

namespace Relay.Settings;

/// <summary>What came of reading a configuration section: the settings, where each came from, what is wrong and what is unwise. Immutable.</summary>
public sealed class SettingsReading
{
    private readonly HostSettings _settings;
    private readonly ImmutableArray<ConfigWarning> _beside; // the settings

    internal SettingsReading(
        HostSettings settings,
        IReadOnlyDictionary<string, string> sources,
        IEnumerable<ConfigError> errors,
        IEnumerable<ConfigWarning> warnings,
        IEnumerable<string> holdings)
    {
        _settings = settings;
        Holdings = [.. holdings];
        Errors = [.. errors.Select(error => error.Source is null ? error with { Source = sources.GetValueOrDefault(error.Path) } : error)];
        _beside = [.. warnings];
        Values = [.. SettingsTable.Rows.Select(row => new EffectiveSetting(row, row.FormatAtPath(settings), sources.GetValueOrDefault(row.Path)))];
        Warnings = Weigh();
    }

    /// <summary>Everything that is wrong; empty when the settings can be used.</summary>
    public ImmutableArray<ConfigError> Errors { get; }

    /// <summary>Everything that is unwise; empty while something is wrong.</summary>
    public ImmutableArray<ConfigWarning> Warnings { get; }

    /// <summary>Every setting with its effective value and where it came from, in the order of the table.</summary>
    public ImmutableArray<EffectiveSetting> Values { get; }

    /// <summary>
    /// The layers that have anything in the section, whether or not a stronger one covers it; or the settings that are there, if the layers are not known.
    /// </summary>
    internal ImmutableArray<string> Holdings { get; }

    /// <summary>The settings.</summary>
    /// <exception cref="ConfigValidationException">Something is wrong; it lists every error, not just the first.</exception>
    public HostSettings Settings => Errors.IsEmpty ? _settings : throw new ConfigValidationException(Errors);

    /// <summary>Says what is unwise now: the application's code may have changed the settings since, and what it has set came from no source.</summary>
    internal ImmutableArray<ConfigWarning> Weigh()
    {
        if (!Errors.IsEmpty)
            return [];
        Dictionary<string, EffectiveSetting> read = Values.ToDictionary(static value => value.Setting.Path);
        return
        [
            .. _beside,
            .. SettingsTable.Weigh(_settings).Select(warning => read[warning.Path] is var value && value.Value == value.Setting.FormatAtPath(_settings)
                ? warning with { Source = value.Source }
                : warning),
        ];
    }

    /// <summary>
    /// Reads a section, strictly: an unknown key, a value that cannot be read or is out of range, a null, an empty text and a contradiction are errors, each
    /// with its path, where it came from, and what is accepted; and all of them are reported, not just the first. A list comes as items or as one text with
    /// commas, and whole from the last provider that has it.
    /// </summary>
    /// <param name="section">The section of the relay.</param>
    /// <param name="root">
    /// The configuration that the section is of, so that errors can name the file or the variable. Default: <paramref name="section"/>, if it is a whole
    /// configuration itself; without it, or with one that the section is not of, values are named by their full key.
    /// </param>
    public static SettingsReading Read(IConfiguration section, IConfiguration? root = null)
    {
        ArgumentNullException.ThrowIfNull(section);
        return Read(section, root, new HostSettings());
    }

    /// <summary>Reads a section over what <paramref name="settings"/> has already. When something is wrong, they are not to be used.</summary>
    internal static SettingsReading Read(IConfiguration section, IConfiguration? root, HostSettings settings) =>
        (root ?? section) is IConfigurationRoot whole && IsPartOf(whole, section)
            ? Read(whole, PathOf(section), settings)
            : new SettingsReader([new SectionSource(section)], settings).Read([], []);

    /// <summary>Reads the section at a path of a whole configuration.</summary>
    internal static SettingsReading Read(IConfigurationRoot root, string path, HostSettings settings)
    {
        IConfigurationProvider[] providers = [.. ProvidersOf(root)];
        var errors = new List<ConfigError>();
        var warnings = new List<ConfigWarning>();
        UnreadValues.Find(providers, path, errors, warnings);
        warnings.AddRange(providers.OfType<TableProvider>().SelectMany(static table => table.Warnings));
        return new SettingsReader([.. providers.Select(provider => new ProviderSource(provider, path))], settings).Read(errors, warnings);
    }

    /// <summary>Whether the section is one of this root. One that it is not of would be read in its place.</summary>
    internal static bool IsPartOf(IConfigurationRoot root, IConfiguration section) =>
        ReferenceEquals(root, section) || section.AsEnumerable().SequenceEqual(root.GetSection(PathOf(section)).AsEnumerable());

    /// <summary>The providers of a configuration, the weakest first. A chained configuration, as a host's has, is a provider over providers.</summary>
    internal static IEnumerable<IConfigurationProvider> ProvidersOf(IConfigurationRoot root) => root.Providers.SelectMany(static provider =>
        provider is ChainedConfigurationProvider { Configuration: IConfigurationRoot inner } ? ProvidersOf(inner) : [provider]);

    private static string PathOf(IConfiguration section) => section is IConfigurationSection { Path: var path } ? path : string.Empty;
}
