using Microsoft.Extensions.Logging;

namespace Relay;

// Event ids 3020 to 3029 of the 3000 to 3099 of membership; an id is never used again for something else.
internal sealed partial class HandFedMembers
{
    [LoggerMessage(3020, LogLevel.Warning, "The bootstrap window is open, and no membership source will close it: every peer may reserve until the application "
        + "calls ReplaceMembers (Connection:RelayService:Membership:BootstrapTimeout is unlimited)")]
    private partial void LogWindowIsOpen();

    [LoggerMessage(3021, LogLevel.Information, "The bootstrap window is open for {Timeout}: every peer may reserve until the application calls ReplaceMembers")]
    private partial void LogWindowIsOpenFor(TimeSpan timeout);

    [LoggerMessage(3022, LogLevel.Warning, "The time of the bootstrap window is up, and the application has named no members: nobody may reserve until it does")]
    private partial void LogWindowIsClosed();
}
