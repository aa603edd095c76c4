using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Relay.Hosting;

/// <summary>
/// Makes the <see cref="Config"/> of the application, by name as options are: the first time it is wrong that is an exception; later, the last good one stays
/// and what is wrong is logged, once. So a bad reload is rejected whole, and a monitor never shows it. Thread-safe.
/// </summary>
internal sealed partial class LastGoodConfigFactory(
    IEnumerable<IConfigureOptions<Config>> setups,
    IEnumerable<IPostConfigureOptions<Config>> postConfigures,
    IEnumerable<IValidateOptions<Config>> validations,
    RelayConfiguration? configuration,
    ILogger log) : IOptionsFactory<Config>
{
    private readonly OptionsFactory<Config> _factory = new(setups, postConfigures, validations);
    private readonly ConcurrentDictionary<string, Config> _lastGood = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _problems = new(StringComparer.Ordinal); // that were logged and last

    public Config Create(string name)
    {
        try
        {
            Config config = _factory.Create(name);
            _lastGood[name] = config;
            _problems.TryRemove(name, out _);
            if (name == Options.DefaultName)
                configuration?.Accept(config);
            return config;
        }
        catch (Exception e) when (_lastGood.TryGetValue(name, out Config? lastGood)) // the application's own code may throw anything here
        {
            Log(name, e);
            return lastGood;
        }
    }

    private void Log(string name, Exception error)
    {
        bool isInvalid = error is OptionsValidationException;
        string problem = isInvalid
            ? string.Concat(((OptionsValidationException)error).Failures.Select(static failure => "\n  " + failure))
            : " " + error.Message;
        if (!_problems.TryGetValue(name, out string? before) || before != problem)
            LogRejected(isInvalid ? null : error, problem);
        _problems[name] = problem;
    }

    [LoggerMessage(5000, LogLevel.Error, "The changed configuration is rejected whole, the one before stays in force:{Errors}")]
    private partial void LogRejected(Exception? error, string errors);
}
