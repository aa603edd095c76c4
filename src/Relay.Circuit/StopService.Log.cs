using Microsoft.Extensions.Logging;
using Relay.Multiformats;

namespace Relay.Circuit;

public sealed partial class StopService
{
    // Event ids 1200 to 1299; never reused.
    [LoggerMessage(1200, LogLevel.Debug, "STOP request of {Relay} refused: {Reason}")]
    private partial void LogRefused(PeerId relay, ReasonCode reason);

    [LoggerMessage(1201, LogLevel.Debug, "STOP stream of {Relay} ended early: {Cause}")]
    private partial void LogEndedEarly(PeerId relay, string cause);

    [LoggerMessage(1202, LogLevel.Error, "An inbound circuit from {Source} through {Relay} failed")]
    private partial void LogAcceptFailed(Exception exception, PeerId source, PeerId relay);

    [LoggerMessage(1203, LogLevel.Error, "STOP stream of {Relay} failed")]
    private partial void LogFailed(Exception exception, PeerId relay);
}
