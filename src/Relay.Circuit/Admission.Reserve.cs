using Relay.Circuit.Wire;

namespace Relay.Circuit;

internal sealed partial class Admission
{
    /// <summary>Decides a RESERVE: relayed connection, then access control, then caps, then rates.</summary>
    /// <returns>The decision, and the grant when it is OK; null when the access-control filter has to be asked (again) before there is one.</returns>
    public Decision? Reserve(in ReserveRequest request, out ReservationGrant? grant) => Reserve(request, isDryRun: false, out grant);

    /// <summary>What <see cref="Reserve(in ReserveRequest, out ReservationGrant?)"/> would decide now, by the same rules; grants and counts nothing.</summary>
    public Decision? Explain(in ReserveRequest request) => Reserve(request, isDryRun: true, out _);

    /// <summary>
    /// Takes back a grant its peer was never told of. A renewal stays, as the peer holds the reservation anyway, and so does what a later RESERVE made of it.
    /// </summary>
    /// <returns>Whether it was taken back.</returns>
    public bool Retract(ReservationGrant grant)
    {
        lock (_gate)
        {
            if (grant.IsRenewal || !TryFindNeedsLock(grant.Peer, out ReservationEntry? entry) || entry.Serial != grant.Serial)
                return false;

            RemoveNeedsLock(entry);
            EndedNeedsLock(entry.Peer, ReasonCode.Undelivered);
            return true;
        }
    }

    private Decision? Reserve(in ReserveRequest request, bool isDryRun, out ReservationGrant? grant)
    {
        grant = null;

        // 1. No reservations over relayed connections.
        if (request.IsRelayed)
            return Decision.Refused(Status.PermissionDenied, ReasonCode.OverRelay);

        // The wall clock before the monotonic one: what is announced then never lies after what is enforced.
        DateTimeOffset wall = _time.GetUtcNow();
        long now = _time.GetTimestamp();
        IpGroup? ip = request.Verdict is null ? null : IpGroup.Of(request.Address);
        lock (_gate)
        {
            // 2. Access control, under the policy of this very moment.
            if (request.Verdict is not { } verdict || verdict.PolicyVersion != _policyVersion)
                return null;
            if (!verdict.Verdict.IsAllowed)
                return Decision.Denied(verdict);

            // 3. Caps, then rates.
            ExpireNeedsLock(now);
            TryFindNeedsLock(request.Peer, out ReservationEntry? entry);
            if (RefusalNeedsLock(request, ip, entry, now) is { } refusal)
                return refusal;

            // 4. Memory, and whether the relay goes on at all.
            if (ShedNeedsLock(request, isRenewal: entry is not null) is { } shed)
                return shed;

            // 5. Nothing was changed until here; from here on nothing can refuse.
            var decision = Decision.Granted(entry is null ? ReasonCode.Reserved : ReasonCode.Renewed, verdict);
            if (!isDryRun)
                grant = GrantNeedsLock(request, decision, verdict.Verdict.ReservationTtl, ip, entry, wall, now);
            return decision;
        }
    }

    /// <summary>A renewal is refused by no cap that counts it already, and by no rate: it is what keeps a peer reachable.</summary>
    private Decision? RefusalNeedsLock(in ReserveRequest request, IpGroup? ip, ReservationEntry? entry, long now)
    {
        if (entry is not null)
            return _addresses.Refusal(ip, held: entry.Ip);

        if (_reservations.Count >= _options.MaxReservations)
        {
            return Decision.Full(
                Status.ReservationRefused,
                ReasonCode.ReservationsFull,
                nameof(CircuitRelayOptions.MaxReservations),
                _reservations.Count,
                _options.MaxReservations);
        }

        return _addresses.Refusal(ip, held: null) ?? _rates.RefusalOfReservation(request.Peer, _addresses.RateKey(ip), now);
    }

    private ReservationGrant GrantNeedsLock(
        in ReserveRequest request, Decision decision, TimeSpan? longest, IpGroup? ip, ReservationEntry? entry, DateTimeOffset wall, long now)
    {
        bool isRenewal = entry is not null;
        if (entry is not null)
            RemoveNeedsLock(entry);
        else
            _rates.TakeReservation(request.Peer, _addresses.RateKey(ip), now);

        TimeSpan ttl = longest < _options.ReservationTtl ? longest.Value : _options.ReservationTtl;
        DateTimeOffset expiration = UnixTime.Floor(wall + ttl);
        entry ??= new ReservationEntry(request.Peer) { Address = request.Address };
        entry.Address = request.Address;
        entry.Ip = ip;
        entry.Deadline = now + ToTimestampTicks(ttl, _time.TimestampFrequency);
        entry.Serial = ++_lastSerial;
        entry.Info = new ReservationInfo(entry.Peer, entry.Address, entry.Info?.ReservedAt ?? wall, wall, expiration, decision);
        AddNeedsLock(entry);
        GrantedNeedsLock(entry.Peer, decision);
        return new ReservationGrant(entry.Peer, expiration, isRenewal, entry.Serial, _options);
    }

    private void AddNeedsLock(ReservationEntry entry)
    {
        _visits++;
        _reservations.Add(entry.Peer, entry);
        _expiry.Add(entry);
        _addresses.Add(entry.Ip);
    }
}
