using Relay.Multiformats;

namespace Relay;

/// <summary>One entry of a membership snapshot.</summary>
/// <param name="PeerId">The peer.</param>
/// <param name="LastSeen">When the peer was last seen alive; null when the source does not know.</param>
/// <param name="Revoked">Whether the peer is explicitly no member. Wins over any other entry of the same peer.</param>
public readonly record struct Member(PeerId PeerId, DateTimeOffset? LastSeen = null, bool Revoked = false);
