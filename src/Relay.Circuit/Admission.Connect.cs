using Relay.Multiformats;

namespace Relay.Circuit;

internal sealed partial class Admission
{
    /// <summary>
    /// Decides a CONNECT: relayed connection, then the message, then access control, then the reservation, then caps. Access control comes before the
    /// reservation, so that a stranger does not learn who holds one.
    /// </summary>
    /// <returns>
    /// The decision, and the slot when it is OK, which the caller disposes; null when the access-control filter has to be asked (again) before there is one.
    /// </returns>
    public Decision? Connect(in ConnectRequest request, out CircuitSlot? slot)
    {
        slot = null;

        // 1. No circuits over relayed connections.
        if (request.IsRelayed)
            return Decision.Refused(Status.PermissionDenied, ReasonCode.OverRelay);

        // 2. A destination, and another peer than the source.
        if (request.Destination is not { } destination)
            return Decision.Refused(Status.MalformedMessage, ReasonCode.PeerInvalid);
        if (destination == request.Source)
            return Decision.Refused(Status.MalformedMessage, ReasonCode.PeerIsSelf);

        long now = _time.GetTimestamp();
        lock (_gate)
        {
            // 3. Access control, under the policy of this very moment.
            if (request.Verdict is not { } verdict || verdict.PolicyVersion != _policyVersion)
                return null;
            if (!verdict.Verdict.IsAllowed)
                return Decision.Denied(verdict);

            // 4. A reservation, and the connection it stands for.
            ExpireNeedsLock(now);
            if (!_reservations.TryGetValue(destination, out ReservationEntry? reserved))
                return Decision.Refused(Status.NoReservation, ReasonCode.NoReservation);
            if (!request.IsDestinationConnected)
                return Decision.Refused(Status.NoReservation, ReasonCode.DestinationNotConnected);

            // 5. Caps: the source, the destination, all.
            if (_circuitsPerPeer[request.Source] >= _options.MaxCircuitsPerPeer)
                return PeerFullNeedsLock(request.Source, ReasonCode.SourceCircuitsFull);
            if (_circuitsPerPeer[destination] >= _options.MaxCircuitsPerPeer)
                return PeerFullNeedsLock(destination, ReasonCode.DestinationCircuitsFull);
            if (_circuits.Count >= _options.MaxCircuits)
            {
                return Decision.Full(
                    Status.ResourceLimitExceeded,
                    ReasonCode.CircuitsFull,
                    nameof(CircuitRelayOptions.MaxCircuits),
                    _circuits.Count,
                    _options.MaxCircuits);
            }

            // 6. Memory, and whether the relay goes on at all.
            if (ShedNeedsLock(request) is { } shed)
                return shed;

            // 7. Nothing was changed until here; from here on nothing can refuse.
            slot = new CircuitSlot(this, request, reserved, _options);
            _circuits.Add(slot);
            _circuitMemory += slot.Memory;
            _circuitsPerPeer.Increment(request.Source);
            _circuitsPerPeer.Increment(destination);
            return Decision.Granted(ReasonCode.CircuitAdmitted, verdict);
        }
    }

    /// <summary>Gives back what a slot counts; the slot calls this once.</summary>
    internal void Release(CircuitSlot slot)
    {
        lock (_gate)
        {
            _circuits.Remove(slot);
            _circuitMemory -= slot.Memory;
            _circuitsPerPeer.Decrement(slot.Source);
            _circuitsPerPeer.Decrement(slot.Destination);
        }
    }

    private Decision PeerFullNeedsLock(PeerId peer, ReasonCode reason) => Decision.Full(
        Status.ResourceLimitExceeded,
        reason,
        nameof(CircuitRelayOptions.MaxCircuitsPerPeer),
        _circuitsPerPeer[peer],
        _options.MaxCircuitsPerPeer);
}
