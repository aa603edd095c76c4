using Relay.Circuit.Live;

namespace Relay.Circuit;

public sealed partial class CircuitRelay
{
    /// <summary>The live table: what it holds now, row by row.</summary>
    public RelaySnapshot TakeSnapshot()
    {
        LiveCircuit[] circuits = _circuits.ToArray();
        var rows = new CircuitInfo[circuits.Length];
        long now = _time.GetTimestamp();
        for (int i = 0; i < rows.Length; i++)
            rows[i] = new CircuitInfo(circuits[i], _time.GetElapsedTime(circuits[i].Opened, now));
        return new RelaySnapshot(_time.GetUtcNow(), Array.AsReadOnly(rows));
    }
}
