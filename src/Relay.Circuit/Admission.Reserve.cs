using Relay.Circuit.Wire;

namespace Relay.Circuit;

internal sealed partial class Admission
{
    /// <summary>Decides a RESERVE: relayed connection, then access control, then caps.</summary>
    /// <returns>The decision, and the grant when it is OK; null when the access-control filter has to be asked (again) before there is one.</returns>
    public Decision? Reserve(in ReserveRequest request, out ReservationGrant? grant)
    {
        grant = null;

        // 1. No reservations over relayed connections.
        if (request.IsRelayed)
            return Decision.Refused(Status.PermissionDenied, ReasonCode.OverRelay);

        // The wall clock before the monotonic one: what is announced then never lies after what is enforced.
        DateTimeOffset wall = _time.GetUtcNow();
        long now = _time.GetTimestamp();
        lock (_gate)
        {
            // 2. Access control, under the policy of this very moment.
            if (request.Verdict is not { } verdict || verdict.PolicyVersion != _policyVersion)
                return null;
            if (!verdict.Verdict.IsAllowed)
                return Decision.Denied(verdict);

            IpGroup? address = IpGroup.Of(request.Address);

            // 3. Caps. A renewal is refused by none of those that count it already.
            ExpireNeedsLock(now);
            bool isRenewal = _reservations.TryGetValue(request.Peer, out ReservationEntry? entry);
            if (!isRenewal && _reservations.Count >= _options.MaxReservations)
            {
                return Decision.Full(
                    Status.ReservationRefused,
                    ReasonCode.ReservationsFull,
                    nameof(CircuitRelayOptions.MaxReservations),
                    _reservations.Count,
                    _options.MaxReservations);
            }

            if (address is { } ip && entry?.Ip != ip && _reservationsPerIp[ip] >= _options.MaxReservationsPerIp)
            {
                return Decision.Full(
                    Status.ReservationRefused,
                    ReasonCode.ReservationsPerIpFull,
                    nameof(CircuitRelayOptions.MaxReservationsPerIp),
                    _reservationsPerIp[ip],
                    _options.MaxReservationsPerIp);
            }

            // 4. Memory, and whether the relay goes on at all.
            if (ShedNeedsLock(request, isRenewal) is { } shed)
                return shed;

            // 5. Nothing was changed until here; from here on nothing can refuse.
            if (entry is not null)
                RemoveNeedsLock(entry);
            entry ??= new ReservationEntry(request.Peer) { Address = request.Address };
            entry.Address = request.Address;
            entry.Ip = address;
            TimeSpan ttl = verdict.Verdict.ReservationTtl is { } bound && bound < _options.ReservationTtl ? bound : _options.ReservationTtl;
            entry.Deadline = now + ToTimestampTicks(ttl, _time.TimestampFrequency);
            entry.Serial = ++_lastSerial;
            Decision granted = Decision.Granted(isRenewal ? ReasonCode.Renewed : ReasonCode.Reserved, verdict);
            DateTimeOffset expiration = UnixTime.Floor(wall + ttl);
            entry.Info = new ReservationInfo(entry.Peer, entry.Address, entry.Info?.ReservedAt ?? wall, wall, expiration, granted);
            AddNeedsLock(entry);
            grant = new ReservationGrant(entry.Peer, expiration, isRenewal, entry.Serial, _options);
            return granted;
        }
    }

    /// <summary>
    /// Takes back a grant its peer was never told of. A renewal stays, as the peer holds the reservation anyway, and so does what a later RESERVE made of it.
    /// </summary>
    /// <returns>Whether it was taken back.</returns>
    public bool Retract(ReservationGrant grant)
    {
        lock (_gate)
        {
            if (grant.IsRenewal || !_reservations.TryGetValue(grant.Peer, out ReservationEntry? entry) || entry.Serial != grant.Serial)
                return false;

            RemoveNeedsLock(entry);
            return true;
        }
    }

    private void AddNeedsLock(ReservationEntry entry)
    {
        _reservations.Add(entry.Peer, entry);
        _expiry.Add(entry);
        if (entry.Ip is { } ip)
            _reservationsPerIp.Increment(ip);
    }
}
