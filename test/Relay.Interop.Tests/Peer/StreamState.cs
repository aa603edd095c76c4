namespace Relay.Interop.Tests.Peer;

/// <param name="Received">All bytes that came since the protocol was agreed on, read or not.</param>
/// <param name="End">How reading ended; null while it has not.</param>
/// <param name="Closed">How the whole stream ended; null while one side is open.</param>
internal sealed record StreamState(long Received, long Unread, StreamEnd? End, StreamEnd? Closed, bool Writable);
