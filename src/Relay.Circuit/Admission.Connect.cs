using Relay.Multiformats;

namespace Relay.Circuit;

internal sealed partial class Admission
{
    /// <summary>
    /// Decides a CONNECT: relayed connection, then the message, then access control, then the reservation, then caps, then rates. Access control comes before
    /// the reservation, so that a stranger does not learn who holds one.
    /// </summary>
    /// <returns>
    /// The decision, and the slot when it is OK, which the caller disposes; null when the access-control filter has to be asked (again) before there is one.
    /// </returns>
    public Decision? Connect(in ConnectRequest request, out CircuitSlot? slot) => Connect(request, isDryRun: false, out slot);

    /// <summary>What <see cref="Connect(in ConnectRequest, out CircuitSlot?)"/> would decide now, by the same rules; grants and counts nothing.</summary>
    public Decision? Explain(in ConnectRequest request) => Connect(request, isDryRun: true, out _);

    /// <summary>Gives back what a slot counts; the slot calls this once.</summary>
    internal void Release(CircuitSlot slot)
    {
        bool isLast;
        lock (_gate)
        {
            _visits++;
            _circuits.Remove(slot);
            _circuitMemory -= slot.Memory;
            _circuitsPerPeer.Decrement(slot.Source);
            _circuitsPerPeer.Decrement(slot.Destination);
            _circuitsPerDestination.Decrement(slot.Destination);
            isLast = _isDraining && _circuits.Count == 0;
        }

        if (isLast)
            _drained.TrySetResult();
    }

    private Decision? Connect(in ConnectRequest request, bool isDryRun, out CircuitSlot? slot)
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
        IpGroup? ip = request.Verdict is null ? null : IpGroup.Of(request.SourceAddress);
        lock (_gate)
        {
            // 3. Access control, under the policy of this very moment.
            if (request.Verdict is not { } verdict || verdict.PolicyVersion != _policyVersion)
                return null;
            if (!verdict.Verdict.IsAllowed)
                return Decision.Denied(verdict);

            // 4. A reservation, and the connection it stands for.
            ExpireNeedsLock(now);
            if (!TryFindNeedsLock(destination, out ReservationEntry? reserved))
                return Decision.Refused(Status.NoReservation, ReasonCode.NoReservation);
            if (!request.IsDestinationConnected)
                return Decision.Refused(Status.NoReservation, ReasonCode.DestinationNotConnected);

            // 5. Caps: the source, the destination, all. Then rates.
            IpGroup? rateKey = _addresses.RateKey(ip);
            if ((CircuitRefusalNeedsLock(request.Source, destination) ?? _rates.RefusalOfCircuit(request.Source, rateKey, now)) is { } refusal)
                return refusal;

            // 6. Memory, and whether the relay goes on at all.
            if (ShedNeedsLock(request) is { } shed)
                return shed;

            // 7. Nothing was changed until here; from here on nothing can refuse.
            if (!isDryRun)
            {
                slot = new CircuitSlot(this, request, reserved, _options, _time);
                _rates.TakeCircuit(request.Source, rateKey, now);
                AddNeedsLock(slot);
            }

            return Decision.Granted(ReasonCode.CircuitAdmitted, verdict);
        }
    }

    private Decision? CircuitRefusalNeedsLock(PeerId source, PeerId destination)
        => Cap(ReasonCode.SourceCircuitsFull, nameof(CircuitRelayOptions.MaxCircuits), _circuitsPerPeer[source], _options.MaxCircuits)
            ?? Cap(ReasonCode.DestinationCircuitsFull, nameof(CircuitRelayOptions.MaxCircuits), _circuitsPerPeer[destination], _options.MaxCircuits)
            ?? Cap(
                ReasonCode.CircuitsPerDestinationFull,
                nameof(CircuitRelayOptions.MaxCircuitsPerDestination),
                _circuitsPerDestination[destination],
                _options.MaxCircuitsPerDestination)
            ?? Cap(ReasonCode.CircuitsFull, nameof(CircuitRelayOptions.MaxTotalCircuits), _circuits.Count, _options.MaxTotalCircuits);

    private void AddNeedsLock(CircuitSlot slot)
    {
        _visits++;
        _circuits.Add(slot);
        _circuitMemory += slot.Memory;
        _circuitsPerPeer.Increment(slot.Source);
        _circuitsPerPeer.Increment(slot.Destination);
        _circuitsPerDestination.Increment(slot.Destination);
    }

    private static Decision? Cap(ReasonCode reason, string limit, int current, int? maximum)
        => current >= maximum ? Decision.Full(Status.ResourceLimitExceeded, reason, limit, current, maximum.Value) : null;
}
