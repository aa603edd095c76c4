using Microsoft.Extensions.Logging;
using Relay.Multiformats;

namespace Relay.Libp2p;

// Event ids 2000 to 2099; an id is never used again for something else.
public sealed partial class Libp2pNode
{
    [LoggerMessage(2000, LogLevel.Debug, "Connected to {Peer} at {Address}")]
    private static partial void LogConnected(ILogger log, PeerId peer, Multiaddress address);

    [LoggerMessage(2001, LogLevel.Debug, "Disconnected from {Peer} at {Address}: {Reason}")]
    private static partial void LogDisconnected(ILogger log, PeerId peer, Multiaddress address, string? reason);

    [LoggerMessage(2002, LogLevel.Debug, "A connection with {Address} came to nothing: {Reason}")]
    private static partial void LogUpgradeFailed(ILogger log, Multiaddress address, string reason);

    [LoggerMessage(2003, LogLevel.Debug, "A stream of {Peer} for '{Protocol}' failed: {Reason}")]
    private static partial void LogStreamFailed(ILogger log, PeerId peer, string protocol, string reason);

    [LoggerMessage(2004, LogLevel.Debug, "Identify with {Peer} failed: {Reason}")]
    private static partial void LogIdentifyFailed(ILogger log, PeerId peer, string reason);

    [LoggerMessage(2005, LogLevel.Warning, "Accepting connections failed; trying again")]
    private static partial void LogAcceptFailed(ILogger log, Exception exception);

    [LoggerMessage(2006, LogLevel.Error, "A background task of the node failed")]
    private static partial void LogUnexpected(ILogger log, Exception exception);

    [LoggerMessage(2007, LogLevel.Error, "The handler of '{Protocol}' failed on a stream of {Peer}")]
    private static partial void LogHandlerFailed(ILogger log, PeerId peer, string protocol, Exception exception);

    [LoggerMessage(2009, LogLevel.Warning, "The node has stopped without {Count} tasks that did not end within {Seconds} s: {What}")]
    private static partial void LogGivenUp(ILogger log, int count, double seconds, string what);

    [LoggerMessage(2008, LogLevel.Information, "Ed25519 and X25519 are done by {Implementation}")]
    private static partial void LogCurves(ILogger log, string implementation);
}
