using Relay.Multiformats;

namespace Relay.Libp2p.Identify;

/// <summary>What a remote said of itself by identify. Its own word, except for the key, which was checked against the connection's. Immutable.</summary>
/// <param name="AgentVersion">Name and version of its software; empty when it did not say.</param>
/// <param name="Protocols">The protocols it serves.</param>
/// <param name="ListenAddresses">Where it says it can be dialed; addresses of kinds not known here are left out.</param>
/// <param name="ObservedAddress">Under which address it sees this node; null when it did not say, or not understandably.</param>
public sealed record PeerIdentity(
    string AgentVersion,
    IReadOnlyList<string> Protocols,
    IReadOnlyList<Multiaddress> ListenAddresses,
    Multiaddress? ObservedAddress)
{
    /// <summary>What is known after a push, which may hold only what has changed (identify spec, "identify/push"): what is missing in it stays.</summary>
    internal PeerIdentity UpdatedBy(PeerIdentity push) => new(
        push.AgentVersion.Length > 0 ? push.AgentVersion : AgentVersion,
        push.Protocols.Count > 0 ? push.Protocols : Protocols,
        push.ListenAddresses.Count > 0 ? push.ListenAddresses : ListenAddresses,
        push.ObservedAddress ?? ObservedAddress);
}
