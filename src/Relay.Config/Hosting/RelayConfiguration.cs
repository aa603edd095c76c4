using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Relay.Settings;

namespace Relay.Hosting;

/// <summary>Fills a <see cref="Config"/> from a configuration section, and says when that has changed. Thread-safe.</summary>
/// <param name="section">The section.</param>
/// <param name="root">The configuration it is of, so that errors can name files and variables; null when that is not known.</param>
internal sealed class RelayConfiguration(IConfigurationSection section, IConfiguration? root)
    : IConfigureOptions<Config>, IOptionsChangeTokenSource<Config>
{
    private SettingsReading? _last;

    public string Name => Options.DefaultName;

    /// <summary>The last reading without errors; null before the first.</summary>
    public SettingsReading? Last => Volatile.Read(ref _last);

    public IChangeToken GetChangeToken() => section.GetReloadToken();

    /// <exception cref="ConfigValidationException">Something in the section is wrong; it lists every error.</exception>
    public void Configure(Config options)
    {
        var reading = SettingsReading.Read(section, root, new HostSettings { Config = options });
        _ = reading.Settings;
        if (Last is { } last && SetsAnything(last) && !SetsAnything(reading))
        {
            // A file that is deleted, or being written, looks like this: nobody means to go back to all defaults.
            throw new ConfigValidationException([new ConfigError(section.Path, null, "is gone", "the section, with a setting at least; or a restart")]);
        }

        Volatile.Write(ref _last, reading);
    }

    private static bool SetsAnything(SettingsReading reading) => reading.Values.Any(static value => value.Source is not null);
}
