using Relay.Multiformats;

namespace Relay;

/// <summary>
/// An alive bucket of the application's own, for those that are the network themselves: whoever hears of a peer announces it here, and relays
/// take it as their membership source. A relay for members only that is built with one announces itself at start and at every refresh, unless the ledger says
/// who is denied (<see cref="ExceptMembershipSource"/>). It does not announce anybody else: nodes that serve no members are announced by the application.
/// </summary>
public interface IAliveLedger : IMembershipSource
{
    /// <summary>Notes that a peer was seen alive.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="at">When, by the clock of whoever saw it.</param>
    /// <returns>Whether it counts: it is neither too old, nor in the future, nor older than a revocation of the peer, and there is room.</returns>
    bool Announce(PeerId peer, DateTimeOffset at);

    /// <summary>
    /// Ends a peer's membership at once. Sightings from before do not bring it back, those from after do: to keep out a peer that goes on
    /// announcing itself, deny it (<see cref="ExceptMembershipSource"/>, <see cref="AclRules"/>).
    /// </summary>
    void Revoke(PeerId peer);

    /// <summary>Asks to be told of each peer that joins, falls silent or is revoked.</summary>
    /// <param name="observer">Quick, thread-safe and never throws. Called after the change, on the thread that made it.</param>
    /// <returns>The subscription; dispose it to end it.</returns>
    IDisposable Observe(Action<AliveChange> observer);
}
