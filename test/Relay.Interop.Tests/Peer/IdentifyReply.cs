namespace Relay.Interop.Tests.Peer;

/// <summary>What a peer says of itself on an identify stream; the signed addresses when its peer record was good.</summary>
internal sealed record IdentifyReply(
    string Peer,
    string? ProtocolVersion,
    string? AgentVersion,
    IReadOnlyList<string> Protocols,
    IReadOnlyList<string> ListenAddrs,
    string? ObservedAddr,
    IReadOnlyList<string>? SignedAddrs);
