namespace Relay.Circuit;

// What is turned away because memory runs short, or because the relay is about to stop: strangers first, those who hold a reservation last.
internal sealed partial class Admission
{
    private long _circuitMemory; // promised to circuits
    private bool _isDraining;

    /// <summary>Memory that circuits and reservations may take now, in bytes.</summary>
    public long ReservedMemory
    {
        get
        {
            lock (_gate)
                return ReservedMemoryNeedsLock;
        }
    }

    private long ReservedMemoryNeedsLock => _circuitMemory + _reservations.Count * CircuitRelay.ReservationMemory;

    /// <summary>Nobody gets anything new from now on, and nothing is renewed.</summary>
    public void Drain()
    {
        lock (_gate)
            _isDraining = true;
    }

    private Decision? ShedNeedsLock(in ReserveRequest request, bool isRenewal)
    {
        if (_isDraining)
            return Decision.Refused(Status.ReservationRefused, ReasonCode.Draining);
        return isRenewal
            ? null
            : OverBudgetNeedsLock(request.Memory, CircuitRelay.ReservationMemory, CircuitRelayOptions.ReservationsShedPercent, ReasonCode.ReservationsShed);
    }

    private Decision? ShedNeedsLock(in ConnectRequest request)
    {
        if (_isDraining)
            return Decision.Refused(Status.ResourceLimitExceeded, ReasonCode.Draining);
        return _reservations.ContainsKey(request.Source)
            ? OverBudgetNeedsLock(request.Memory, request.Memory.PerCircuit, CircuitRelayOptions.CircuitsShedPercent, ReasonCode.CircuitsShed)
            : OverBudgetNeedsLock(request.Memory, request.Memory.PerCircuit, CircuitRelayOptions.StrangersShedPercent, ReasonCode.StrangersShed);
    }

    private Decision? OverBudgetNeedsLock(in MemoryLoad load, long cost, int percent, ReasonCode reason)
    {
        if (_options.MemoryBudget is not { } budget)
            return null;
        long reserved = load.Host + ReservedMemoryNeedsLock;
        long bound = (long)((Int128)budget * percent / 100);
        return reserved + cost <= bound
            ? null
            : Decision.Full(Status.ResourceLimitExceeded, reason, nameof(CircuitRelayOptions.MemoryBudget), reserved, bound);
    }
}
