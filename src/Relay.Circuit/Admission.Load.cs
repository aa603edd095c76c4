namespace Relay.Circuit;

// What is turned away because memory runs short, or because the relay is about to stop: strangers first, those who hold a reservation last.
internal sealed partial class Admission
{
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _circuitMemory; // promised to circuits
    private bool _isDraining;

    /// <summary>Memory that circuits, reservations and rates may take now, in bytes.</summary>
    public long ReservedMemory
    {
        get
        {
            lock (_gate)
                return ReservedMemoryNeedsLock;
        }
    }

    private long ReservedMemoryNeedsLock => _circuitMemory + _reservations.Count * RelayMemory.PerReservation + _rates.Memory;

    /// <summary>Nobody gets anything new from now on, and nothing is renewed. May be called again.</summary>
    /// <returns>Ends when the last circuit has.</returns>
    public Task DrainAsync()
    {
        lock (_gate)
        {
            _isDraining = true;
            return _circuits.Count == 0 ? Task.CompletedTask : _drained.Task;
        }
    }

    private Decision? ShedNeedsLock(in ReserveRequest request, bool isRenewal)
    {
        if (_isDraining)
            return Decision.Refused(Status.ReservationRefused, ReasonCode.Draining);
        return isRenewal
            ? null
            : OverBudgetNeedsLock(request.Memory, RelayMemory.PerReservation, CircuitRelayOptions.ReservationsShedPercent, ReasonCode.ReservationsShed);
    }

    private Decision? ShedNeedsLock(in ConnectRequest request)
    {
        if (_isDraining)
            return Decision.Refused(Status.ResourceLimitExceeded, ReasonCode.Draining);
        long cost = RelayMemory.OfCircuit(_options.BufferSize, request.Memory.PerStream);
        return _reservations.ContainsKey(request.Source)
            ? OverBudgetNeedsLock(request.Memory, cost, CircuitRelayOptions.CircuitsShedPercent, ReasonCode.CircuitsShed)
            : OverBudgetNeedsLock(request.Memory, cost, CircuitRelayOptions.StrangersShedPercent, ReasonCode.StrangersShed);
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
