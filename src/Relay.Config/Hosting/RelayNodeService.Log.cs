using Microsoft.Extensions.Logging;

namespace Relay.Hosting;

// Event ids 5000 to 5099; an id is never used again for something else.
internal sealed partial class RelayNodeService
{
    [LoggerMessage(5001, LogLevel.Information, "{Setting}: {Old} -> {New}")]
    private partial void LogChanged(string setting, string old, string @new);

    [LoggerMessage(5002, LogLevel.Warning, "{Setting}: {Old} -> {New} needs a restart; until then {Old} stays in force")]
    private partial void LogNeedsRestart(string setting, string old, string @new);

    [LoggerMessage(5003, LogLevel.Warning, "{Warning}")]
    private partial void LogUnwise(ConfigWarning warning);

    [LoggerMessage(5006, LogLevel.Error, "The changed configuration is refused whole, the one before stays in force:{Errors}")]
    private partial void LogRefused(string errors);

    [LoggerMessage(5007, LogLevel.Information, "{Setting}: {Old} -> {New} changes nothing: what it is a setting of is off")]
    private partial void LogNotInUse(string setting, string old, string @new);

    [LoggerMessage(5004, LogLevel.Error, "The changed configuration cannot be applied")]
    private partial void LogNotApplied(Exception exception);
}
