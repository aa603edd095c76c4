using Microsoft.Extensions.Logging;
using Relay.Multiformats;

namespace Relay.AutoRelay;

// Event ids 4100 to 4199; an id is never used again for something else.
internal sealed partial class RelaySeeker
{
    // A failure is told once, and its repetitions quietly.
    private void Log(KnownRelay change)
    {
        switch (change)
        {
            case { State: RelayState.Reserved, Reason: RelayReason.None }:
                LogReserved(change.Relay, change.Expiration);
                break;
            case { State: RelayState.Reserved or RelayState.Leaving, Failures: > 1 }:
                LogStillFails(change.Relay, change.State, change.Reason, change.Detail, change.Failures);
                break;
            case { State: RelayState.Reserved or RelayState.Leaving, NextRequest: null }:
                LogNotRenewed(change.Relay, change.Detail, change.Expiration);
                break;
            case { State: RelayState.Reserved or RelayState.Leaving }:
                LogRenewalFailed(change.Relay, change.Detail, change.Expiration, change.NextRequest);
                break;
            case { State: RelayState.Reserving }:
                LogAsking(change.Relay);
                break;
            case { Reason: RelayReason.ConnectionLost or RelayReason.Expired }:
                LogLost(change.Relay, change.Detail);
                break;
            case { Failures: 1, NextRequest: null }:
                LogFailedForGood(change.Relay, change.Detail);
                break;
            case { Failures: 1 }:
                LogFailed(change.Relay, change.Detail, change.NextRequest);
                break;
            default:
                LogStillFails(change.Relay, change.State, change.Reason, change.Detail, change.Failures);
                break;
        }
    }

    [LoggerMessage(4100, LogLevel.Debug, "Reserved on {Relay} until {Expiration}")]
    private partial void LogReserved(PeerId relay, DateTimeOffset? expiration);

    [LoggerMessage(4101, LogLevel.Warning, "The reservation on {Relay}, which ends at {Expiration}, is not renewed: {Why}; next try at {Next}")]
    private partial void LogRenewalFailed(PeerId relay, string? why, DateTimeOffset? expiration, DateTimeOffset? next);

    [LoggerMessage(4102, LogLevel.Debug, "Asking {Relay} for a reservation")]
    private partial void LogAsking(PeerId relay);

    [LoggerMessage(4103, LogLevel.Information, "The reservation on {Relay} is lost: {Why}")]
    private partial void LogLost(PeerId relay, string? why);

    [LoggerMessage(4104, LogLevel.Information, "No reservation on {Relay}: {Why}; next try at {Next}")]
    private partial void LogFailed(PeerId relay, string? why, DateTimeOffset? next);

    [LoggerMessage(4105, LogLevel.Debug, "{Relay} is {State} ({Reason}): {Why}; {Failures} failures in a row")]
    private partial void LogStillFails(PeerId relay, RelayState state, RelayReason reason, string? why, int failures);

    [LoggerMessage(4106, LogLevel.Warning, "The source of relay candidates fails: {Why}")]
    private partial void LogSourceFails(string why, Exception exception);

    [LoggerMessage(4108, LogLevel.Warning, "The reservation on {Relay}, which ends at {Expiration}, is not renewed: {Why}; it is asked again when no other relay is found")]
    private partial void LogNotRenewed(PeerId relay, string? why, DateTimeOffset? expiration);

    [LoggerMessage(4109, LogLevel.Information, "No reservation on {Relay}: {Why}")]
    private partial void LogFailedForGood(PeerId relay, string? why);

    [LoggerMessage(4110, LogLevel.Error, "Seeking relays has failed; it goes on")]
    private partial void LogFault(Exception exception);

    [LoggerMessage(4107, LogLevel.Debug, "The source of relay candidates gave {Found} addresses")]
    private partial void LogSearched(int found);
}
