using System.Diagnostics.CodeAnalysis;
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
    private readonly ExpiryWheel _expiry;
    private readonly AddressCounts _addresses;
    private readonly AdmissionRates _rates;
    private readonly HashSet<CircuitSlot> _circuits = [];
    private readonly Tally<PeerId> _circuitsPerPeer = new(); // both roles in one count
    private readonly Tally<PeerId> _circuitsPerDestination = new();
    private readonly Tally<object> _hopStreams = new(ReferenceEqualityComparer.Instance); // by connection
    private readonly Action<ReservationEntry> _expire; // what the wheel calls, under the lock
    private CircuitRelayOptions _options;
    private long _policyVersion;
    private long _lastSerial;
    private long _visits;

    public Admission(CircuitRelayOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _expiry = new ExpiryWheel(time.GetTimestamp());
        _addresses = new AddressCounts(options);
        _rates = new AdmissionRates(options, time.TimestampFrequency);
        _expire = ExpiredNeedsLock;
    }

    /// <summary>What is granted, as it stands now.</summary>
    public CircuitRelayOptions Options => Volatile.Read(ref _options);

    /// <summary>The policy version to read before the access-control filter is asked, and to pass in with its verdict.</summary>
    public long PolicyVersion => Volatile.Read(ref _policyVersion);

    /// <summary>The policy version, and the options that are in force with it.</summary>
    public (long Version, CircuitRelayOptions Options) Policy
    {
        get
        {
            lock (_gate)
                return (_policyVersion, _options);
        }
    }

    /// <summary>How often a row of a table was looked at or changed since the start: what the work of a decision is measured by.</summary>
    public long Visits
    {
        get
        {
            lock (_gate)
            {
                return _visits + _expiry.Visits + _addresses.Visits + _rates.Visits
                    + _circuitsPerPeer.Visits + _circuitsPerDestination.Visits + _hopStreams.Visits;
            }
        }
    }

    /// <summary>What is held now; the expired is not.</summary>
    public AdmissionCounts Counts
    {
        get
        {
            long now = _time.GetTimestamp();
            lock (_gate)
            {
                ExpireNeedsLock(now);
                return new AdmissionCounts(_reservations.Count, _circuits.Count, _addresses.Addresses, _circuitsPerPeer.Keys);
            }
        }
    }

    /// <summary>The counters, added up now; goes through all of them.</summary>
    public AdmissionSums Sums
    {
        get
        {
            long now = _time.GetTimestamp();
            lock (_gate)
            {
                ExpireNeedsLock(now);
                (int perIp, int perPrefix) = _addresses.Sums;
                return new AdmissionSums(perIp, perPrefix, _addresses.Prefixes, _circuitsPerPeer.Sum, _circuitsPerDestination.Sum, _hopStreams.Sum);
            }
        }
    }

    /// <summary>
    /// Other options from now on. What was granted keeps what it was granted under; who is over a new limit stays and renews, and nobody new comes until there
    /// is room.
    /// </summary>
    /// <returns>Whether the policy is another one, as what becomes of those it no longer admits is.</returns>
    public bool Apply(CircuitRelayOptions options)
    {
        lock (_gate)
        {
            bool isOtherPolicy = (options.OnMembershipLoss, options.MembershipLossDrain) != (_options.OnMembershipLoss, _options.MembershipLossDrain);
            if (isOtherPolicy)
                _policyVersion++;
            Volatile.Write(ref _options, options);
            _addresses.Use(options, _reservations.Values);
            _rates.Use(options);
            return isOtherPolicy;
        }
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
    public bool Evict(ReservationHolder holder, long policyVersion, string? detail = null)
    {
        lock (_gate)
        {
            if (policyVersion != _policyVersion || !TryFindNeedsLock(holder.Peer, out ReservationEntry? entry) || entry.Serial != holder.Serial)
                return false;

            RemoveNeedsLock(entry);
            EndedNeedsLock(entry.Peer, ReasonCode.MembershipLost, detail);
            return true;
        }
    }

    /// <summary>Which grant a peer's reservation is from; null when it holds none.</summary>
    public long? SerialOf(PeerId peer)
    {
        lock (_gate)
            return TryFindNeedsLock(peer, out ReservationEntry? entry) ? entry.Serial : null;
    }

    /// <summary>Ends a peer's reservation, if it holds one, because an operator says so. Its circuits are another matter.</summary>
    /// <returns>Whether it held one that had not expired.</returns>
    public bool Evict(PeerId peer, string detail) => Remove(peer, serial: null, ReasonCode.Evicted, detail);

    /// <summary>Ends a peer's reservation, if it holds one: its last connection has ended.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="serial">Which grant is meant: what the peer has made of it meanwhile, on another connection, stays. Null for whichever there is.</param>
    /// <returns>Whether it held one that had not expired.</returns>
    public bool Disconnect(PeerId peer, long? serial = null) => Remove(peer, serial, ReasonCode.Disconnected);

    private bool Remove(PeerId peer, long? serial, ReasonCode reason, string? detail = null)
    {
        long now = _time.GetTimestamp();
        lock (_gate)
        {
            ExpireNeedsLock(now);
            if (!TryFindNeedsLock(peer, out ReservationEntry? entry) || (serial is { } meant && entry.Serial != meant))
                return false;

            RemoveNeedsLock(entry);
            EndedNeedsLock(peer, reason, detail);
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
            _changes.Clear();
            _addresses.Clear();
        }
    }

    private void ExpireNeedsLock(long now) => _expiry.Advance(now, _expire);

    private bool TryFindNeedsLock(PeerId peer, [NotNullWhen(true)] out ReservationEntry? entry)
    {
        _visits++;
        return _reservations.TryGetValue(peer, out entry);
    }

    private void RemoveNeedsLock(ReservationEntry entry)
    {
        _expiry.Remove(entry);
        ForgetNeedsLock(entry);
    }

    private void ExpiredNeedsLock(ReservationEntry entry)
    {
        ForgetNeedsLock(entry);
        EndedNeedsLock(entry.Peer, ReasonCode.Expired);
    }

    private void ForgetNeedsLock(ReservationEntry entry)
    {
        _visits++;
        _reservations.Remove(entry.Peer);
        _addresses.Remove(entry.Ip);
    }

    /// <summary>Rounded up, so that the server's own deadline is never before the announced one.</summary>
    internal static long ToTimestampTicks(TimeSpan span, long frequency)
        => (long)((((Int128)span.Ticks * frequency) + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond);
}
