using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Relay.Settings;

namespace Relay.Hosting;

/// <summary>Fills a <see cref="Config"/> from a configuration section, and says when that has changed. Thread-safe.</summary>
internal sealed partial class RelayConfiguration : IConfigureOptions<Config>, IOptionsChangeTokenSource<Config>
{
    private readonly IConfigurationSection _section;
    private readonly IConfigurationRoot? _root; // null: the section is of another one, which is not known
    private readonly ILogger _log;
    private readonly ConditionalWeakTable<Config, SettingsReading> _readings = [];
    private SettingsReading? _good;

    /// <param name="section">The section.</param>
    /// <param name="root">The configuration it is of, so that errors can name files and variables; null when that is not known.</param>
    /// <param name="log">Where to say that a file cannot be read any more.</param>
    public RelayConfiguration(IConfigurationSection section, IConfiguration? root, ILogger log)
    {
        _section = section;
        _root = root is IConfigurationRoot whole && SettingsReading.IsPartOf(whole, section) ? whole : null;
        _log = log;
        foreach (FileConfigurationProvider file in _root is null ? [] : SettingsReading.ProvidersOf(_root).OfType<FileConfigurationProvider>())
        {
            // Nobody hears of a file that has become unreadable: its provider throws where nobody catches, and says nothing of a change. That it stays so
            // leaves the options of everybody else alone as well.
            file.Source.OnLoadException ??= context => LogUnreadable(context.Exception, context.Provider.Source.Path);
        }
    }

    public string Name => Options.DefaultName;

    /// <summary>What was read into a configuration; null when the section has not filled it.</summary>
    public SettingsReading? ReadingOf(Config config) => _readings.TryGetValue(config, out SettingsReading? reading) ? reading : null;

    /// <summary>Takes a configuration that has passed everything: what comes later is held against it.</summary>
    public void Accept(Config config) => Volatile.Write(ref _good, ReadingOf(config) ?? _good);

    /// <summary>Says what of a section does nothing in an application, which knows more than the section.</summary>
    /// <param name="reading">What was read.</param>
    /// <param name="hasSource">Whether the application has a membership source.</param>
    public IEnumerable<ConfigWarning> Weigh(SettingsReading reading, bool hasSource)
    {
        if (reading.Holdings.IsEmpty)
            yield return new ConfigWarning(_section.Path, null, "has no settings at all: everything is at its default");
        foreach (EffectiveSetting value in hasSource ? reading.Values : [])
        {
            if (value is { Setting.Path: nameof(HostSettings.MembersFile) or nameof(HostSettings.MembersApi), Value.Length: > 0 })
                yield return new ConfigWarning(value.Setting.Path, value.Value, "is not used: the services have an IMembershipSource") { Source = value.Source };
        }
    }

    public IChangeToken GetChangeToken() => _section.GetReloadToken();

    /// <exception cref="ConfigValidationException">Something in the section is wrong, or a part of it is gone; it lists every error.</exception>
    public void Configure(Config options)
    {
        var settings = new HostSettings { Config = options };
        SettingsReading reading = _root is null ? SettingsReading.Read(_section, null, settings) : SettingsReading.Read(_root, _section.Path, settings);
        _ = reading.Settings;

        // A file that is deleted, emptied or half written looks like this: nobody means to go back to the defaults, which may be wider.
        List<string> there = [.. reading.Holdings];
        if (Volatile.Read(ref _good)?.Holdings.Where(holding => !there.Remove(holding)).ToArray() is { Length: > 0 } gone)
            throw new ConfigValidationException([.. gone.Select(IsGone)]);
        _readings.AddOrUpdate(options, reading);
    }

    private ConfigError IsGone(string holding) => _root is null
        ? new(holding, null, "is not set any more", "a value, as before; or a restart, since what has gone with it cannot be told")
        : new(_section.Path, null, "has no settings there any more", "a setting there at least, as before; or a restart") { Source = holding };

    [LoggerMessage(5005, LogLevel.Error, "{File} cannot be read any more; what was read from it before stays in force")]
    private partial void LogUnreadable(Exception error, string? file);
}
