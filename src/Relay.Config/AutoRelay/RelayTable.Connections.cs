using Relay.Multiformats;

namespace Relay.AutoRelay;

// What the connections to relays have to do with it.
internal sealed partial class RelayTable
{
    /// <summary>
    /// A direct connection to a peer has ended, and no other was left then. The reservation that was made on it has ended with it, and so has one that was adrift;
    /// one that was made on another connection meanwhile has not.
    /// </summary>
    /// <returns>Whether a reservation was lost.</returns>
    public bool Disconnected(PeerId peer, object? connection = null)
    {
        lock (_gate)
        {
            if (!_relays.TryGetValue(peer, out RelayEntry? entry) || entry.Reservation is not { } reservation)
                return false;
            if (!entry.IsAdrift && reservation.Connection is { } reserved && reserved != connection)
                return false;
            int losses = entry.CountLoss(Now);
            TimeSpan wait = losses == 0 ? _timing.ReconnectAfter() : _timing.BackOff(RelayFailure.ConnectionLost, losses);
            EndNeedsLock(entry, RelayFailure.ConnectionLost, Now + wait);
            return true;
        }
    }

    /// <summary>A direct connection to a peer has ended, and another one is left. If it is the one that a reservation was made on, that is made again on the other.</summary>
    /// <returns>Whether that is so.</returns>
    public bool Moved(PeerId peer, object connection)
    {
        lock (_gate)
        {
            if (!_relays.TryGetValue(peer, out RelayEntry? entry) || entry.Reservation is not { Connection: { } reserved } || reserved != connection)
                return false;
            entry.Drift(Now);
            return true;
        }
    }

    /// <summary>A peer has told that what it serves has changed.</summary>
    /// <returns>Whether that changes what is to be done.</returns>
    public bool Pushed(PeerId peer, bool servesHop)
    {
        lock (_gate)
        {
            if (!_relays.TryGetValue(peer, out RelayEntry? entry))
                return false;
            bool wasDialable = entry.IsDialable;
            if (!servesHop)
            {
                if (wasDialable || entry is { Reservation: null, Asking: > 0 })
                    entry.Withdraw(Now + _timing.BackOff(RelayFailure.HopWithdrawn, 1));
                if (wasDialable)
                    NoteNeedsLock(entry);
                return wasDialable;
            }

            // All its peers hear of it at once, and do not come all at once.
            TimeSpan next = Now + _timing.ReconnectAfter();
            if (!entry.HasWithdrawn && entry.LastFailure is not { Reason: RelayReason.NotARelay })
                return false;
            bool isSooner = next < entry.NextRequest;
            entry.Offer(isSooner ? next : entry.NextRequest);
            return isSooner || entry.IsDialable != wasDialable;
        }
    }

    /// <summary>Whether a connection to a peer is needed: a reservation is held on it, or it is being asked.</summary>
    public bool Needs(PeerId peer)
    {
        lock (_gate)
            return _relays.TryGetValue(peer, out RelayEntry? entry) && (entry.Asking > 0 || entry.Reservation is not null);
    }
}
