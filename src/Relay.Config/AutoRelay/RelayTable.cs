using Relay.Circuit;
using Relay.Multiformats;

namespace Relay.AutoRelay;

/// <summary>
/// The relays this node knows, how it stands with each, and what is to be done next: the whole of the relay client that is not I/O. It never has more
/// reservations and requests under way than are wanted. Thread-safe: one short lock, nothing waits and nothing is called under it.
/// </summary>
internal sealed partial class RelayTable
{
    private const int MaxChanges = 1024;          // not yet taken

    private readonly Lock _gate = new();
    private readonly Dictionary<PeerId, RelayEntry> _relays = [];
    private readonly Queue<(long Number, KnownRelay Change)> _changes = [];
    private readonly Dictionary<RelayReason, long> _losses = [];
    private readonly PeerId _self;
    private readonly AutoRelayOption? _option;    // null: nothing is sought
    private readonly bool _hasSource;
    private readonly Func<Multiaddress, bool> _canDial;
    private readonly RelayTiming _timing;
    private readonly TimeProvider _time;
    private readonly long _epoch;
    private TimeSpan _begun;
    private long _lastChange;                     // they are numbered
    private bool _isRunning;

    /// <param name="self">This node, which is no relay of its own.</param>
    /// <param name="option">What is sought; null: nothing.</param>
    /// <param name="hasSource">Whether there is a candidate source.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">The jitter.</param>
    /// <param name="canDial">Which addresses that a source finds are of use here; null: all.</param>
    public RelayTable(
        PeerId self, AutoRelayOption? option, bool hasSource, TimeProvider time, Random random, Func<Multiaddress, bool>? canDial = null)
    {
        _self = self;
        _option = option;
        _hasSource = option is { OnlyStaticRelays: false } && hasSource;
        _canDial = canDial ?? (static _ => true);
        _timing = new RelayTiming(option ?? new AutoRelayOption(), random);
        _time = time;
        _epoch = time.GetTimestamp();
        foreach (Multiaddress address in option?.StaticRelays ?? [])
            AddNeedsLock(address, RelayOrigin.Static)?.AddAddress(address, RelayOrigin.Static);
    }

    private TimeSpan Now => _time.GetElapsedTime(_epoch);

    /// <summary>Whether there is, or may be, anybody to ask.</summary>
    public bool SeeksAny
    {
        get
        {
            lock (_gate)
                return SeeksAnyNeedsLock;
        }
    }

    private bool SeeksAnyNeedsLock => _option is not null && (_hasSource || _relays.Values.Any(static entry => entry.Origin != RelayOrigin.Application));

    /// <summary>The node was started: what waits after a start, waits from now.</summary>
    public void Begin()
    {
        lock (_gate)
            (_begun, _nextSearch, _isRunning) = (Now, Now, true);
    }

    /// <summary>The node was stopped: no reservation is left.</summary>
    public void End()
    {
        lock (_gate)
        {
            (_isRunning, _isSearching) = (false, false);
            foreach (RelayEntry entry in _relays.Values.ToArray())
            {
                bool wasHeld = entry.Reservation is not null;
                entry.Reset();
                if (entry.Origin != RelayOrigin.Static)
                    _relays.Remove(entry.Relay);
                if (wasHeld)
                    NoteNeedsLock(entry, RelayReason.Stopped);
            }
        }
    }

    /// <summary>
    /// The application asks a relay. It counts as asked until <see cref="Granted"/>, <see cref="Failed"/> or <see cref="Withdrawn"/>. The address is kept of a relay that
    /// nobody else has named.
    /// </summary>
    public void Asking(PeerId relay, Multiaddress address)
    {
        lock (_gate)
        {
            if (!_relays.TryGetValue(relay, out RelayEntry? entry))
                _relays.Add(relay, entry = new RelayEntry(relay, RelayOrigin.Application) { Since = _time.GetUtcNow() });
            if (entry.Origin == RelayOrigin.Application)
                entry.AddAddress(address, RelayOrigin.Application);
            AskNeedsLock(entry);
        }
    }

    /// <summary>A relay has granted or renewed a reservation.</summary>
    /// <returns>Whether it was a renewal.</returns>
    public bool Granted(Reservation reservation, Multiaddress dialedAt)
    {
        TimeSpan left = reservation.Expiration - _time.GetUtcNow();
        lock (_gate)
        {
            if (!_relays.TryGetValue(reservation.Relay, out RelayEntry? entry))
                return false; // the node was stopped meanwhile
            entry.EndAsking();
            TimeSpan now = Now;
            bool isRenewal = entry.Grant(reservation, dialedAt, now, now + left, now + _timing.RenewAfter(left));
            NoteNeedsLock(entry);
            return isRenewal;
        }
    }

    /// <summary>A request has failed.</summary>
    /// <param name="relay">The relay.</param>
    /// <param name="failure">Why.</param>
    /// <param name="triedAt">
    /// The one address the application has named; null when all that are known were tried. Where a relay that is looked after is not known to be, it is no failure of its
    /// that nobody is there.
    /// </param>
    public void Failed(PeerId relay, RelayFailure failure, Multiaddress? triedAt = null)
    {
        lock (_gate)
        {
            if (!_relays.TryGetValue(relay, out RelayEntry? entry))
                return;
            entry.EndAsking();
            if (failure.Reason == RelayReason.Unreachable && triedAt is not null && entry.Origin != RelayOrigin.Application && !entry.Addresses.Contains(triedAt))
            {
                NoteNeedsLock(entry);
                return;
            }

            int failures = entry.CountFailure();
            TimeSpan wait = entry.IsKept && !failure.IsFinal
                ? _timing.RenewAgainAfter(failure, failures, entry.Until - Now)
                : _timing.BackOff(failure, failures);
            entry.Fail(failure, Now + wait);
            if (entry is { IsAdrift: true, IsLeaving: true })
            {
                EndNeedsLock(entry, RelayFailure.ConnectionLost, entry.NextRequest);
                return;
            }

            NoteNeedsLock(entry);
            ForgetNeedsLock(entry);
        }
    }

    /// <summary>Whoever asked has given up; nothing is known.</summary>
    public void Withdrawn(PeerId relay)
    {
        lock (_gate)
        {
            if (!_relays.TryGetValue(relay, out RelayEntry? entry))
                return;
            entry.EndAsking();
            NoteNeedsLock(entry);
            ForgetNeedsLock(entry);
        }
    }

    /// <summary>Whether circuits are taken from a peer: a reservation is held on it, or it is being asked. A circuit can come right behind the answer.</summary>
    public bool Expects(PeerId relay)
    {
        lock (_gate)
            return _relays.TryGetValue(relay, out RelayEntry? entry) && (entry.Asking > 0 || (entry.Reservation is not null && entry.Until > Now));
    }

    private RelayEntry? AddNeedsLock(Multiaddress address, RelayOrigin origin)
    {
        if (address.PeerId is not { } relay || address.IsCircuit || address.WithoutPeerId() is null || relay == _self)
            return null;
        if (!_relays.TryGetValue(relay, out RelayEntry? entry))
            _relays.Add(relay, entry = new RelayEntry(relay, origin) { Since = _time.GetUtcNow() });
        else if (entry.Origin == RelayOrigin.Application)
            entry.Origin = origin; // from now on it is one of those that are looked after
        return entry;
    }

    private void AskNeedsLock(RelayEntry entry)
    {
        entry.BeginAsking();
        if (entry is { Asking: 1, Reservation: null })
            NoteNeedsLock(entry);
    }

    private void EndNeedsLock(RelayEntry entry, RelayFailure why, TimeSpan nextRequest)
    {
        _losses[why.Reason] = _losses.GetValueOrDefault(why.Reason) + 1;
        entry.End(why, nextRequest);
        NoteNeedsLock(entry, why.Reason);
        ForgetNeedsLock(entry);
    }

    // Nobody looks after a relay of the application's once its reservation is gone.
    private void ForgetNeedsLock(RelayEntry entry)
    {
        if (entry is { Origin: RelayOrigin.Application, Reservation: null, Asking: 0 })
            _relays.Remove(entry.Relay);
    }
}
