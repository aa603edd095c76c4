using Relay.Multiformats;

namespace Relay.AutoRelay;

// What the connections to relays have to do with it.
internal sealed partial class RelayTable
{
    /// <summary>The last direct connection to a peer has ended, and the reservation with it, if it was a relay.</summary>
    /// <returns>Whether a reservation was lost.</returns>
    public bool Disconnected(PeerId peer)
    {
        lock (_gate)
        {
            if (!_relays.TryGetValue(peer, out RelayEntry? entry) || entry.Reservation is null)
                return false;
            EndNeedsLock(entry, RelayFailure.ConnectionLost, Now + _timing.ReconnectAfter());
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
            if (!servesHop)
            {
                bool wasKept = entry.IsKept;
                if (wasKept || entry is { Reservation: null, Asking: > 0 })
                    entry.Withdraw();
                if (wasKept)
                    NoteNeedsLock(entry);
                return wasKept;
            }

            // All its peers hear of it at once, and do not come all at once.
            TimeSpan next = Now + _timing.ReconnectAfter();
            if (entry.LastFailure is not { Reason: RelayReason.NotARelay })
                return false;
            bool isSooner = next < entry.NextRequest;
            entry.Offer(isSooner ? next : entry.NextRequest);
            return isSooner;
        }
    }

    /// <summary>Whether a connection to a peer is needed: a reservation is held on it, or it is being asked.</summary>
    public bool Needs(PeerId peer)
    {
        lock (_gate)
            return _relays.TryGetValue(peer, out RelayEntry? entry) && (entry.Asking > 0 || entry.Reservation is not null);
    }
}
