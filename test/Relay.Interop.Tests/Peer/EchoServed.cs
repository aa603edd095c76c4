namespace Relay.Interop.Tests.Peer;

/// <summary>What an echo server took in on one stream.</summary>
internal sealed record EchoServed(string RemotePeer, long Received, string Sha256, StreamEnd End);
