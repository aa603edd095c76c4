namespace Relay.Interop.Tests.Peer;

/// <summary>What was taken in. <see cref="End"/> is null while the stream goes on.</summary>
internal sealed record DigestReply(long Length, string Sha256, StreamEnd? End);
