using Relay.Embedded;
using Relay.Multiformats;

namespace Relay.AutoRelay;

// What others may see of it.
internal sealed partial class RelayTable
{
    private const int MaxAdvertised = 4;         // addresses of one relay,
    private const int MaxAdvertisedLength = 512; // and their bytes: one relay with long names must not push out the others, or this node's own

    /// <summary>How the node stands with each relay: the held ones first, then in the order in which they would be asked.</summary>
    public IReadOnlyList<KnownRelay> Known => TakeSnapshot().Known;

    /// <summary>The same, with the number of the last change that is in it.</summary>
    public (IReadOnlyList<KnownRelay> Known, long LastChange) TakeSnapshot()
    {
        lock (_gate)
        {
            KnownRelay[] known = [.. _relays.Values
                .OrderByDescending(static entry => entry.Reservation is not null)
                .ThenBy(static entry => entry.Origin)
                .ThenBy(static entry => entry.Failures)
                .ThenBy(static entry => entry.Rank)
                .Select(entry => DescribeNeedsLock(entry))];
            return (known, _lastChange);
        }
    }

    /// <summary>Whether nobody can dial this node directly, as it was told: the ways through relays are the ones worth telling.</summary>
    public bool IsPrivate => _option is { Reachability: Reachability.Private };

    /// <summary>Where the node is reached through relays, without its own id: <c>ADDR/p2p/RELAY/p2p-circuit</c>.</summary>
    public IReadOnlyList<Multiaddress> Addresses
    {
        get
        {
            lock (_gate)
                return [.. _relays.Values.SelectMany(AdvertisedNeedsLock).Distinct()];
        }
    }

    /// <summary>How many reservations are held, and how many are wanted: none by a node that is stopped, or has nobody to ask.</summary>
    public (int Held, int Wanted) Counts
    {
        get
        {
            lock (_gate)
                return (_relays.Values.Count(static entry => entry.Reservation is not null), _isRunning && SeeksAnyNeedsLock ? _option!.WantedRelays : 0);
        }
    }

    /// <summary>How many reservations were lost, by reason: the connection has ended, or the time was over before they were renewed.</summary>
    public IReadOnlyDictionary<RelayReason, long> Losses
    {
        get
        {
            lock (_gate)
                return new Dictionary<RelayReason, long>(_losses);
        }
    }

    /// <summary>Takes the next change nobody has taken, in their order, with its number.</summary>
    public bool TryTakeChange(out (long Number, KnownRelay Change) change)
    {
        lock (_gate)
            return _changes.TryDequeue(out change);
    }

    // The address it was dialed at works, at least from here; what the relay says of itself may work from elsewhere.
    private static IEnumerable<Multiaddress> AdvertisedNeedsLock(RelayEntry entry)
    {
        if (entry is not { IsDialable: true, Reservation: { } reservation, DialedAt: { } dialedAt })
            return [];
        int length = 0;
        return reservation.Addresses
            .Prepend(dialedAt)
            .Where(address => address.PeerId is not { } id || id == entry.Relay)
            .Select(address => address.WithPeerId(entry.Relay).Encapsulate(CircuitTransport.Circuit))
            .Distinct()
            .TakeWhile(address => (length += address.ToByteArray().Length) <= MaxAdvertisedLength)
            .Take(MaxAdvertised);
    }

    private KnownRelay DescribeNeedsLock(RelayEntry entry, RelayReason reason = RelayReason.None)
    {
        DateTimeOffset utc = _time.GetUtcNow();
        TimeSpan now = Now;
        RelayState state = entry.StateAt(now);
        return new KnownRelay
        {
            Relay = entry.Relay,
            Addresses = entry.Route,
            Origin = entry.Origin,
            State = state,
            Since = entry.Since,
            Reason = entry.LastFailure?.Reason ?? reason,
            Refusal = entry.LastFailure?.Refusal,
            Detail = entry.LastFailure?.Detail,
            Failures = entry.Failures,
            Expiration = entry.Reservation?.Expiration,
            NextRequest = state is RelayState.Reserved or RelayState.Waiting && entry.Origin != RelayOrigin.Application ? utc + (entry.NextRequest - now) : null,
        };
    }

    private void NoteNeedsLock(RelayEntry entry, RelayReason reason = RelayReason.None)
    {
        entry.NoteState(entry.StateAt(Now), _time.GetUtcNow());
        if (_changes.Count >= MaxChanges)
            _changes.Dequeue();
        _changes.Enqueue((++_lastChange, DescribeNeedsLock(entry, reason)));
    }
}
