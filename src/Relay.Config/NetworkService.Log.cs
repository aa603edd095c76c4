using Microsoft.Extensions.Logging;

namespace Relay;

internal sealed partial class NetworkService
{
    [LoggerMessage(3001, LogLevel.Information, "{Count} members: {Joined} joined, {Left} left")]
    private partial void LogMembersChanged(int count, int joined, int left);

    [LoggerMessage(3002, LogLevel.Warning, "The bootstrap window is open: every peer may reserve until the source names a member")]
    private partial void LogWindowIsOpen();

    [LoggerMessage(3003, LogLevel.Information, "The bootstrap window is closed: only members may reserve")]
    private partial void LogWindowIsClosed();

    [LoggerMessage(3004, LogLevel.Warning, "{Problem} Until it can be read again, {Consequence}")]
    private partial void LogSourceFails(string problem, string consequence, Exception exception);

    [LoggerMessage(3005, LogLevel.Debug, "{Problem}")]
    private partial void LogSourceStillFails(string problem);

    [LoggerMessage(3006, LogLevel.Information, "The membership source can be read again")]
    private partial void LogSourceIsBack();

    [LoggerMessage(3007, LogLevel.Warning, "{Count} entries of the membership source cannot be read and are skipped; the first: {First}")]
    private partial void LogInvalidEntries(int count, string first);
}
