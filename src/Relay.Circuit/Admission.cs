using Relay.Multiformats;

namespace Relay.Circuit;

/// <summary>
/// Who gets a slot: the relay's tables and the rules over them, and nothing else. Every call is synchronous, takes one short lock in which nothing is
/// awaited, called back, logged or sent, and does constant work (an entry that expired is removed by the next call, once). Thread-safe.
/// </summary>
/// <remarks>
/// Access control is asked outside: a request is first made without a verdict, and when everything that comes before access control is in order there is no
/// decision yet. There is none either when the policy has changed since the verdict was made, so that no verdict of an old policy is ever acted upon.
/// </remarks>
internal sealed partial class Admission
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly Dictionary<PeerId, ReservationEntry> _reservations = [];
    private readonly ExpiryQueue _expiry = new();
    private readonly Tally<IpGroup> _reservationsPerIp = new();
    private readonly HashSet<CircuitSlot> _circuits = [];
    private readonly Tally<PeerId> _circuitsPerPeer = new(); // both roles in one count
    private CircuitRelayOptions _options;
    private long _policyVersion;
    private long _lastSerial;

    public Admission(CircuitRelayOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
    }

    /// <summary>What is granted, as it stands now.</summary>
    public CircuitRelayOptions Options => Volatile.Read(ref _options);

    /// <summary>The policy version to read before the access-control filter is asked, and to pass in with its verdict.</summary>
    public long PolicyVersion => Volatile.Read(ref _policyVersion);

    /// <summary>What is held now; the expired is not.</summary>
    public AdmissionCounts Counts
    {
        get
        {
            long now = _time.GetTimestamp();
            lock (_gate)
            {
                ExpireNeedsLock(now);
                return new AdmissionCounts(_reservations.Count, _circuits.Count, _reservationsPerIp.Keys, _circuitsPerPeer.Keys);
            }
        }
    }

    /// <summary>
    /// Other options from now on. What was granted keeps what it was granted under; who is over a new limit stays and renews, and nobody new comes until there
    /// is room.
    /// </summary>
    public void Apply(CircuitRelayOptions options)
    {
        lock (_gate)
            Volatile.Write(ref _options, options);
    }

    /// <summary>The policy is another one from now on: verdicts made before count for nothing.</summary>
    public void PolicyChanged()
    {
        lock (_gate)
            _policyVersion++;
    }

    /// <summary>Who holds a reservation, now: a copy, to be gone through without the lock.</summary>
    public ReservationHolder[] Holders()
    {
        long now = _time.GetTimestamp();
        lock (_gate)
        {
            ExpireNeedsLock(now);
            return [.. _reservations.Values.Select(static entry => new ReservationHolder(entry.Peer, entry.Address, entry.Serial))];
        }
    }

    /// <summary>The circuits there are, now: a copy.</summary>
    public CircuitSlot[] Circuits()
    {
        lock (_gate)
            return [.. _circuits];
    }

    /// <summary>Ends the reservation that was judged, unless it has been renewed since or the policy has changed again.</summary>
    public bool Evict(ReservationHolder holder, long policyVersion)
    {
        lock (_gate)
        {
            if (policyVersion != _policyVersion || !_reservations.TryGetValue(holder.Peer, out ReservationEntry? entry) || entry.Serial != holder.Serial)
                return false;

            RemoveNeedsLock(entry);
            return true;
        }
    }

    /// <summary>Ends a peer's reservation, if it holds one: its last connection has ended, or it was evicted. Its circuits are another matter.</summary>
    /// <returns>Whether it held one that had not expired.</returns>
    public bool Remove(PeerId peer)
    {
        long now = _time.GetTimestamp();
        lock (_gate)
        {
            ExpireNeedsLock(now);
            if (!_reservations.TryGetValue(peer, out ReservationEntry? entry))
                return false;

            RemoveNeedsLock(entry);
            return true;
        }
    }

    /// <summary>Drops all reservations: the relay has stopped.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _reservations.Clear();
            _expiry.Clear();
            _expired.Clear();
            _reservationsPerIp.Clear();
        }
    }

    private void ExpireNeedsLock(long now)
    {
        while (_expiry.First is { } entry && entry.Deadline <= now)
        {
            RemoveNeedsLock(entry);
            _expired.Add(entry.Peer);
        }
    }

    private void RemoveNeedsLock(ReservationEntry entry)
    {
        _reservations.Remove(entry.Peer);
        _expiry.Remove(entry);
        if (entry.Ip is { } ip)
            _reservationsPerIp.Decrement(ip);
    }

    /// <summary>Rounded up, so that the server's own deadline is never before the announced one.</summary>
    internal static long ToTimestampTicks(TimeSpan span, long frequency)
        => (long)((((Int128)span.Ticks * frequency) + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond);
}
