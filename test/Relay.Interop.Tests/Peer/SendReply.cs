namespace Relay.Interop.Tests.Peer;

/// <summary>How much js-libp2p took over for sending, and the JavaScript error that stopped it, or null.</summary>
internal sealed record SendReply(long Length, string? Sha256, string? Failed);
