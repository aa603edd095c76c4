namespace Relay.Interop.Tests.Peer;

internal sealed record PeerAddresses(string PeerId, IReadOnlyList<string> Addresses);
