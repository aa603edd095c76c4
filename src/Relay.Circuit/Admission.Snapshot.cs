using Relay.Multiformats;

namespace Relay.Circuit;

// What others want to know of the reservations.
internal sealed partial class Admission
{
    private readonly List<PeerId> _expired = []; // since TakeExpired, which follows every call that can add to it

    /// <summary>The reservations, now: the lock is held for a copy of references.</summary>
    public IReadOnlyList<ReservationInfo> Reservations()
    {
        long now = _time.GetTimestamp();
        lock (_gate)
        {
            ExpireNeedsLock(now);
            var all = new ReservationInfo[_reservations.Count];
            int i = 0;
            foreach (ReservationEntry entry in _reservations.Values)
                all[i++] = entry.Info!;
            return Array.AsReadOnly(all);
        }
    }

    /// <summary>Whether the peer has one that has not expired.</summary>
    public bool HasReservation(PeerId peer)
    {
        long now = _time.GetTimestamp();
        lock (_gate)
        {
            ExpireNeedsLock(now);
            return TryFindNeedsLock(peer, out _);
        }
    }

    /// <summary>Whose reservations have expired since this was last asked.</summary>
    public IReadOnlyList<PeerId> TakeExpired()
    {
        lock (_gate)
        {
            if (_expired.Count == 0)
                return [];
            PeerId[] expired = [.. _expired];
            _expired.Clear();
            return expired;
        }
    }
}
