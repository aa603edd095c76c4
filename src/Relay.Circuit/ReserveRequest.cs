using Relay.Multiformats;

namespace Relay.Circuit;

/// <summary>What is known about a RESERVE: no field of the message, only the authenticated remote.</summary>
/// <param name="Peer">Who asks.</param>
/// <param name="Address">Where from: the remote address of the connection.</param>
/// <param name="IsRelayed">Whether it came over a relayed connection.</param>
/// <param name="Verdict">What the access-control filter said, or null when it was not asked yet.</param>
internal readonly record struct ReserveRequest(PeerId Peer, Multiaddress Address, bool IsRelayed, PolicyVerdict? Verdict = null)
{
    /// <summary>How memory stands.</summary>
    public MemoryLoad Memory { get; init; }
}
