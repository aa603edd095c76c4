namespace Relay.Circuit.Live;

/// <summary>The open circuits, and what the closed ones have carried. Adding and removing are constant work. Thread-safe.</summary>
internal sealed class CircuitTable
{
    private readonly Lock _gate = new();
    private readonly List<LiveCircuit> _circuits = [];
    private long _closedToDestination;
    private long _closedToSource;
    private long _lastId;

    /// <summary>Open circuits.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _circuits.Count;
        }
    }

    /// <summary>Bytes that all circuits, open and closed, have carried; neither ever falls.</summary>
    public (long ToDestination, long ToSource) Bytes
    {
        get
        {
            lock (_gate)
            {
                (long toDestination, long toSource) = (_closedToDestination, _closedToSource);
                foreach (LiveCircuit circuit in _circuits)
                {
                    toDestination += circuit.Splice.BytesToDestination;
                    toSource += circuit.Splice.BytesToSource;
                }

                return (toDestination, toSource);
            }
        }
    }

    /// <summary>A number for the next circuit.</summary>
    public long NextId() => Interlocked.Increment(ref _lastId);

    public void Add(LiveCircuit circuit)
    {
        lock (_gate)
        {
            circuit.Index = _circuits.Count;
            _circuits.Add(circuit);
        }
    }

    /// <summary>Removes a circuit that carries nothing more.</summary>
    public void Remove(LiveCircuit circuit)
    {
        lock (_gate)
        {
            LiveCircuit last = _circuits[^1];
            _circuits[circuit.Index] = last;
            last.Index = circuit.Index;
            _circuits.RemoveAt(_circuits.Count - 1);
            _closedToDestination += circuit.Splice.BytesToDestination;
            _closedToSource += circuit.Splice.BytesToSource;
        }
    }

    /// <summary>A row for each open circuit, as it is now.</summary>
    public IReadOnlyList<CircuitInfo> TakeRows(TimeProvider time)
    {
        LiveCircuit[] circuits = ToArray();
        var rows = new CircuitInfo[circuits.Length];
        long now = time.GetTimestamp();
        for (int i = 0; i < rows.Length; i++)
            rows[i] = new CircuitInfo(circuits[i], time.GetElapsedTime(circuits[i].Opened, now));
        return Array.AsReadOnly(rows);
    }

    /// <summary>The open circuits, copied: the lock is held for a copy of references, whatever is done with them afterwards.</summary>
    public LiveCircuit[] ToArray()
    {
        lock (_gate)
            return [.. _circuits];
    }
}
