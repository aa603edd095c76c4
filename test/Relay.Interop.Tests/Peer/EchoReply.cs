namespace Relay.Interop.Tests.Peer;

/// <summary>What an echo client sent and what came back. <see cref="SentSha256"/> is null when the stream ended before all was sent.</summary>
internal sealed record EchoReply(long Sent, string? SentSha256, long Received, string ReceivedSha256, StreamEnd End);
