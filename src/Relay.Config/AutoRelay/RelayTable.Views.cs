using Relay.Embedded;
using Relay.Multiformats;

namespace Relay.AutoRelay;

// What others may see of it.
internal sealed partial class RelayTable
{
    private const int MaxAdvertised = 4; // addresses of one relay, so that those of sixteen fit into one identify message

    /// <summary>How the node stands with each relay: the held ones first, then in the order in which they would be asked.</summary>
    public IReadOnlyList<KnownRelay> Known
    {
        get
        {
            lock (_gate)
            {
                return [.. _relays.Values
                    .OrderByDescending(static entry => entry.Reservation is not null)
                    .ThenBy(static entry => entry.Origin)
                    .ThenBy(static entry => entry.Failures)
                    .ThenBy(static entry => entry.Rank)
                    .Select(entry => DescribeNeedsLock(entry))];
            }
        }
    }

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

    /// <summary>Takes the next change nobody has taken, in their order.</summary>
    public bool TryTakeChange([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out KnownRelay? change)
    {
        lock (_gate)
            return _changes.TryDequeue(out change);
    }

    // The address it was dialed at works, at least from here; what the relay says of itself may work from elsewhere.
    private static IEnumerable<Multiaddress> AdvertisedNeedsLock(RelayEntry entry)
    {
        if (entry is not { Reservation: { } reservation, DialedAt: { } dialedAt })
            return [];
        return reservation.Addresses
            .Prepend(dialedAt)
            .Where(address => address.PeerId is not { } id || id == entry.Relay)
            .Select(address => address.WithPeerId(entry.Relay))
            .Distinct()
            .Take(MaxAdvertised)
            .Select(static address => address.Encapsulate(CircuitTransport.Circuit));
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
        _changes.Enqueue(DescribeNeedsLock(entry, reason));
    }
}
