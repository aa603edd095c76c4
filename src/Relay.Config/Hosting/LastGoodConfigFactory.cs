using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Relay.Hosting;

/// <summary>
/// Makes the <see cref="Config"/> of the application: the first time it is wrong that is an exception; later, the last good one stays and the errors are
/// logged. So a bad reload is rejected whole, and a monitor never shows it. Thread-safe.
/// </summary>
internal sealed partial class LastGoodConfigFactory(
    IEnumerable<IConfigureOptions<Config>> setups,
    IEnumerable<IPostConfigureOptions<Config>> postConfigures,
    IEnumerable<IValidateOptions<Config>> validations,
    ILogger log) : IOptionsFactory<Config>
{
    private readonly OptionsFactory<Config> _factory = new(setups, postConfigures, validations);
    private Config? _lastGood;

    public Config Create(string name)
    {
        try
        {
            Config config = _factory.Create(name);
            Volatile.Write(ref _lastGood, config);
            return config;
        }
        catch (OptionsValidationException e) when (Volatile.Read(ref _lastGood) is { } lastGood)
        {
            LogRejected(string.Concat(e.Failures.Select(static failure => "\n  " + failure)));
            return lastGood;
        }
    }

    [LoggerMessage(5000, LogLevel.Error, "The changed configuration is rejected whole, the one before stays in force:{Errors}")]
    private partial void LogRejected(string errors);
}
