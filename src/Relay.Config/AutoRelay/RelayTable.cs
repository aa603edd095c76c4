using Relay.Circuit;
using Relay.Multiformats;

namespace Relay.AutoRelay;

/// <summary>
/// The relays this node knows, how it stands with each, and what is to be done next: the whole of the relay client that is not I/O. It never has more
/// reservations and requests under way than are wanted. Thread-safe: one short lock, nothing waits and nothing is called under it.
/// </summary>
internal sealed partial class RelayTable
{
    public const int MaxFound = 128;              // relays of one search
    private const int MaxAddresses = 8;           // of one relay, to dial
    private const int MaxChanges = 1024;          // not yet taken
    private const int CandidatesPerWanted = 4;    // that end the boot delay

    private readonly Lock _gate = new();
    private readonly Dictionary<PeerId, RelayEntry> _relays = [];
    private readonly Queue<KnownRelay> _changes = [];
    private readonly PeerId _self;
    private readonly AutoRelayOption? _option;    // null: nothing is sought
    private readonly bool _hasSource;
    private readonly RelayTiming _timing;
    private readonly TimeProvider _time;
    private readonly long _epoch;
    private TimeSpan _begun;
    private TimeSpan _nextSearch;
    private int _search;                          // counts them
    private bool _isSearching;

    public RelayTable(PeerId self, AutoRelayOption? option, bool hasSource, TimeProvider time, Random random)
    {
        _self = self;
        _option = option;
        _hasSource = option is { OnlyStaticRelays: false } && hasSource;
        _timing = new RelayTiming(option ?? new AutoRelayOption(), random);
        _time = time;
        _epoch = time.GetTimestamp();
        foreach (Multiaddress address in option?.StaticRelays ?? [])
            AddNeedsLock(address, RelayOrigin.Static);
    }

    private TimeSpan Now => _time.GetElapsedTime(_epoch);

    /// <summary>Whether there is, or may be, anybody to ask.</summary>
    public bool SeeksAny
    {
        get
        {
            lock (_gate)
                return _option is not null && (_hasSource || _relays.Count > 0);
        }
    }

    /// <summary>The node was started: what waits after a start, waits from now.</summary>
    public void Begin()
    {
        lock (_gate)
            (_begun, _nextSearch) = (Now, Now);
    }

    /// <summary>The node was stopped: no reservation is left.</summary>
    public void End()
    {
        lock (_gate)
        {
            _isSearching = false;
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

    /// <summary>The candidate source has found an address.</summary>
    /// <returns>Whether there is room for more.</returns>
    public bool Found(Multiaddress address)
    {
        lock (_gate)
        {
            if (AddNeedsLock(address, RelayOrigin.Source) is { } entry)
                entry.FoundInSearch = _search;
            return _relays.Values.Count(entry => entry.Origin == RelayOrigin.Source && entry.FoundInSearch == _search) < MaxFound;
        }
    }

    /// <summary>The candidate source has nothing more to say; what it said in earlier searches only is forgotten, when it has said anything.</summary>
    public void EndSearch()
    {
        lock (_gate)
        {
            _isSearching = false;
            RelayEntry[] found = [.. _relays.Values.Where(static entry => entry.Origin == RelayOrigin.Source)];
            if (found.All(entry => entry.FoundInSearch != _search))
                return;
            foreach (RelayEntry old in found.Where(entry => entry.FoundInSearch != _search && entry is { Reservation: null, Asking: 0 }))
                _relays.Remove(old.Relay);
        }
    }

    /// <summary>The application asks a relay. It counts as asked until <see cref="Granted"/> or <see cref="Failed"/>.</summary>
    public void Asking(PeerId relay)
    {
        lock (_gate)
        {
            if (!_relays.TryGetValue(relay, out RelayEntry? entry))
                _relays.Add(relay, entry = new RelayEntry(relay, RelayOrigin.Application));
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
            entry.Asking = Math.Max(0, entry.Asking - 1);
            TimeSpan now = Now;
            bool isRenewal = entry.Grant(reservation, dialedAt, now, now + left, now + _timing.RenewAfter(left));
            NoteNeedsLock(entry);
            return isRenewal;
        }
    }

    /// <summary>A request has failed.</summary>
    public void Failed(PeerId relay, RelayFailure failure)
    {
        lock (_gate)
        {
            if (!_relays.TryGetValue(relay, out RelayEntry? entry))
                return;
            entry.Asking = Math.Max(0, entry.Asking - 1);
            int failures = entry.CountFailure();
            TimeSpan wait = entry.IsKept && !failure.IsFinal
                ? _timing.RenewAgainAfter(failure, failures, entry.Until - Now)
                : _timing.BackOff(failure, failures);
            entry.Fail(failure, Now + wait);
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
            entry.Asking = Math.Max(0, entry.Asking - 1);
            NoteNeedsLock(entry);
            ForgetNeedsLock(entry);
        }
    }

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
        if (entry.Addresses.Length < MaxAddresses && !entry.Addresses.Contains(address))
            entry.Addresses = entry.Addresses.Add(address);
        return entry;
    }

    private void AskNeedsLock(RelayEntry entry)
    {
        entry.Asking++;
        if (entry is { Asking: 1, Reservation: null })
            NoteNeedsLock(entry);
    }

    private void EndNeedsLock(RelayEntry entry, RelayFailure why, TimeSpan nextRequest)
    {
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
