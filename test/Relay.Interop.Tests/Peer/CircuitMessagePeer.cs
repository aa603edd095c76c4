namespace Relay.Interop.Tests.Peer;

internal sealed record CircuitMessagePeer(string? Id, IReadOnlyList<string> Addrs);
