namespace Relay.Circuit;

/// <summary>What becomes of what a peer holds when access control no longer admits it.</summary>
public enum MembershipLoss
{
    /// <summary>
    /// Nothing: its reservation lasts until it expires, and is not renewed; its circuits last until they end. EdgeVPN's way, and right where the set of
    /// members flickers.
    /// </summary>
    Keep,

    /// <summary>Its reservation ends at once, so that nobody reaches it through the relay any more; circuits that are open run to their end.</summary>
    Evict,

    /// <summary>
    /// Its reservation ends at once, and circuits that would not be admitted any more are reset after <see cref="CircuitRelayOptions.MembershipLossDrain"/>,
    /// unless the peer is admitted again by then.
    /// </summary>
    Drain,
}
