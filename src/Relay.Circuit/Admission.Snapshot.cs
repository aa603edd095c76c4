using Relay.Multiformats;

namespace Relay.Circuit;

// What others want to know of the reservations.
internal sealed partial class Admission
{
    private readonly List<ReservationChange> _changes = []; // since TakeChanges, which follows every call that can add to it

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

    /// <summary>What has become of reservations since this was last asked, in the order in which it has.</summary>
    public void TakeChanges(List<ReservationChange> changes)
    {
        lock (_gate)
        {
            changes.AddRange(_changes);
            _changes.Clear();
        }
    }

    private void GrantedNeedsLock(PeerId peer, Decision decision) => _changes.Add(new ReservationChange(peer, decision, ReasonCode.None, Detail: null));

    private void EndedNeedsLock(PeerId peer, ReasonCode reason, string? detail = null) => _changes.Add(new ReservationChange(peer, Granted: null, reason, detail));
}
