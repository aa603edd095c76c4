using Relay.Multiformats;

namespace Relay.Circuit;

/// <summary>What is known about a RESERVE: no field of the message, only the authenticated remote.</summary>
/// <param name="Peer">Who asks.</param>
/// <param name="Ip">Where the per-IP cap counts it; null when the address is no IP address.</param>
/// <param name="IsRelayed">Whether it came over a relayed connection.</param>
/// <param name="Verdict">What the access-control filter said, or null when it was not asked yet.</param>
internal readonly record struct ReserveRequest(PeerId Peer, IpGroup? Ip, bool IsRelayed, PolicyVerdict? Verdict = null);
