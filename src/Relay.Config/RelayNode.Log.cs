using Microsoft.Extensions.Logging;
using Relay.Multiformats;

namespace Relay;

// Event ids 4000 to 4099; an id is never used again for something else.
public sealed partial class RelayNode
{
    [LoggerMessage(4000, LogLevel.Information, "{Peer} listens on {Addresses}")]
    private static partial void LogStarted(ILogger log, PeerId peer, string addresses);

    [LoggerMessage(4005, LogLevel.Information, "{Peer} dials only: it is told to listen nowhere")]
    private static partial void LogDialsOnly(ILogger log, PeerId peer);

    [LoggerMessage(4004, LogLevel.Information, "Memory: {Budget}")]
    private static partial void LogBudget(ILogger log, RelayBudget budget);

    [LoggerMessage(4001, LogLevel.Information, "{Peer} has stopped")]
    private static partial void LogStopped(ILogger log, PeerId peer);

    [LoggerMessage(4002, LogLevel.Information, "No key file is configured: {Peer} is a new identity, for this start only")]
    internal static partial void LogEphemeralIdentity(ILogger log, PeerId peer);

    [LoggerMessage(4003, LogLevel.Warning, "The membership source is not used: {Why}")]
    internal static partial void LogMembershipUnused(ILogger log, string why);

    [LoggerMessage(4010, LogLevel.Warning, "{Peer} is Private and knows of no relay: nobody reaches it. Name some in Connection.AutoRelay.StaticRelays, or call WithRelayCandidates")]
    private static partial void LogUnreachable(ILogger log, PeerId peer);

    [LoggerMessage(4011, LogLevel.Warning, "The source of relay candidates is not used: {Why}")]
    internal static partial void LogCandidatesUnused(ILogger log, string why);
}
