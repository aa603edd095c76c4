using Microsoft.Extensions.Logging;

namespace Relay;

// Event ids 3000 to 3019 of the 3000 to 3099 of membership; an id is never used again for something else.
internal sealed partial class NetworkService
{
    [LoggerMessage(3001, LogLevel.Information, "{Count} members: {Joined} joined, {Left} left, {Revoked} were revoked")]
    private partial void LogMembersChanged(int count, int joined, int left, int revoked);

    [LoggerMessage(3002, LogLevel.Warning, "The bootstrap window is open: every peer may reserve until the source names {Minimum} members "
        + "other than this node, however long that takes (Connection:RelayService:Membership:BootstrapTimeout is unlimited)")]
    private partial void LogWindowIsOpen(int minimum);

    [LoggerMessage(3003, LogLevel.Information, "The bootstrap window is closed: only the {Count} members may reserve")]
    private partial void LogWindowIsClosed(int count);

    [LoggerMessage(3004, LogLevel.Warning, "{Problem} Until it can be read again, {Consequence}")]
    private partial void LogSourceFails(string problem, string consequence, Exception exception);

    [LoggerMessage(3005, LogLevel.Debug, "{Problem}")]
    private partial void LogSourceStillFails(string problem);

    [LoggerMessage(3006, LogLevel.Information, "{Source}The membership source can be read again")]
    private partial void LogSourceIsBack(string source);

    [LoggerMessage(3007, LogLevel.Warning, "{Count} entries of the membership source cannot be read and are skipped; {Source}the first: {First}")]
    private partial void LogInvalidEntries(int count, string source, string first);

    [LoggerMessage(3008, LogLevel.Information,
        "The bootstrap window is open for {Timeout}: every peer may reserve until the source names {Minimum} members other than this node")]
    private partial void LogWindowIsOpenFor(TimeSpan timeout, int minimum);

    [LoggerMessage(3009, LogLevel.Warning, "{Count} members have not been seen for too long, more than {MaxShrinkPercent} % at once: they stay, "
        + "unless that lasts for another {MaxAge}. Has the source lost its network?")]
    private partial void LogHeldBack(int count, int maxShrinkPercent, TimeSpan maxAge);

    [LoggerMessage(3010, LogLevel.Information, "No members are held back any more: they were seen again, or have gone for good")]
    private partial void LogHeldBackNoMore();

    [LoggerMessage(3011, LogLevel.Warning,
        "{Count} sightings lie further in the future than {MaxClockSkew} and are skipped; {Source}is a clock wrong?")]
    private partial void LogFutureSightings(int count, string source, TimeSpan maxClockSkew);

    [LoggerMessage(3012, LogLevel.Warning, "{Count} peers are not taken in: there are {MaxMembers} members, which is the most there can be")]
    private partial void LogTooManyMembers(int count, int maxMembers);

    [LoggerMessage(3016, LogLevel.Warning, "{Source}No peer other than this node has been seen for {MaxAge}. The {Count} members stay, however long that lasts. "
        + "Has the source lost its network?")]
    private partial void LogSilent(string source, TimeSpan maxAge, int count);

    [LoggerMessage(3013, LogLevel.Error, "A refresh of the members broke down; the next one comes all the same")]
    private partial void LogRefreshBroke(Exception exception);

    [LoggerMessage(3014, LogLevel.Warning, "The bootstrap window is shut until it is known who is denied: {Sources} could not be read yet")]
    private partial void LogWindowIsHeld(string sources);

    [LoggerMessage(3015, LogLevel.Warning, "{Count} revocations are not remembered: there are {MaxRevocations}, which is the most there can be. "
        + "Who they are of is a member again if an older sighting turns up")]
    private partial void LogTooManyRevocations(int count, int maxRevocations);
}
