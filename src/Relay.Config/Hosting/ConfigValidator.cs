using Microsoft.Extensions.Options;
using Relay.Settings;

namespace Relay.Hosting;

/// <summary>Validates a <see cref="Config"/> whole, whatever filled it.</summary>
internal sealed class ConfigValidator : IValidateOptions<Config>
{
    public ValidateOptionsResult Validate(string? name, Config options)
    {
        IReadOnlyList<ConfigError> errors = SettingsTable.Check(new HostSettings { Config = options });
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors.Select(static error => error.ToString()));
    }
}
