using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Relay.Circuit.Live;

/// <summary>
/// The engine's instruments. They outlive a relay: a node that is started again has another relay and the same instruments, whose sums go on from where they
/// were. Names, units and tags are listed in <c>docs/operations.md</c>. Thread-safe.
/// </summary>
internal sealed class RelayInstruments
{
    private const string Direction = "direction";
    private const string ToDestination = "to_destination";
    private const string ToSource = "to_source";

    private static readonly double[] Durations = [0.1, 1, 10, 60, 300, 900, 1800, 3600, 14400, 86400]; // s
    private static readonly long[] Sizes = [1 << 10, 1 << 14, 1 << 17, 1 << 20, 1 << 24, 1 << 27, 1 << 30, 1L << 34]; // bytes

    private readonly Lock _gate = new();
    private readonly Counter<long> _decisions;
    private readonly Counter<long> _closed;
    private readonly Counter<long> _evictions;
    private readonly Histogram<double> _duration;
    private readonly Histogram<long> _bytes;
    private CircuitRelay? _relay;         // the one that runs; null when none does
    private bool _hasServed;              // a node that serves nobody has nothing to say
    private long _beforeToDestination;    // what relays before it have carried
    private long _beforeToSource;

    public RelayInstruments(Meter meter)
    {
        CreateGauge(meter, "relay.reservations", static relay => relay.Counts.Reservations, "{reservation}", "Reservations held now.");
        CreateGauge(meter, "relay.circuits", static relay => relay.Counts.Circuits, "{circuit}", "Circuits that hold a slot now.");
        CreateGauge(meter, "relay.memory.reserved", static relay => relay.ReservedMemory, "By", "Memory that circuits and connections may take now.");
        meter.CreateObservableCounter("relay.bytes", ObserveBytes, "By", "Bytes carried through circuits.");
        _decisions = meter.CreateCounter<long>("relay.decisions", "{decision}", "Requests decided.");
        _closed = meter.CreateCounter<long>("relay.circuits.closed", "{circuit}", "Circuits that have ended.");
        _evictions = meter.CreateCounter<long>("relay.evictions", "{reservation}", "Reservations that were evicted.");
        _duration = meter.CreateHistogram(
            "relay.circuit.duration", "s", "How long circuits lasted.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Durations });
        _bytes = meter.CreateHistogram(
            "relay.circuit.bytes", "By", "Bytes that circuits carried.", advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = Sizes });
    }

    /// <summary>The gauges speak of <paramref name="relay"/> from now on.</summary>
    public void Attach(CircuitRelay relay)
    {
        lock (_gate)
        {
            _relay = relay;
            _hasServed = true;
        }
    }

    /// <summary><paramref name="relay"/> has stopped: what it has carried stays counted.</summary>
    public void Detach(CircuitRelay relay)
    {
        lock (_gate)
        {
            if (_relay != relay)
                return;
            (long toDestination, long toSource) = relay.CarriedBytes;
            _beforeToDestination += toDestination;
            _beforeToSource += toSource;
            _relay = null;
        }
    }

    /// <summary>The gauges say nothing more, as a meter of a factory outlives the node. What was carried stays counted: the last export may come after the node.</summary>
    public void End()
    {
        lock (_gate)
            _relay = null;
    }

    public void Decided(RelayOperation operation, in Decision decision)
    {
        if (!_decisions.Enabled)
            return;
        _decisions.Add(
            1,
            new KeyValuePair<string, object?>("operation", operation.ToString()),
            new KeyValuePair<string, object?>("result", decision.IsGranted ? "granted" : "refused"),
            new KeyValuePair<string, object?>("reason", decision.Reason.ToString()));
    }

    public void Evicted(ReasonCode reason) => _evictions.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));

    public void CircuitClosed(LiveCircuit circuit, TimeSpan age, CircuitEnd cause)
    {
        _closed.Add(1, new KeyValuePair<string, object?>("cause", cause.ToString()));
        _duration.Record(age.TotalSeconds);
        _bytes.Record(circuit.Splice.BytesToDestination, new KeyValuePair<string, object?>(Direction, ToDestination));
        _bytes.Record(circuit.Splice.BytesToSource, new KeyValuePair<string, object?>(Direction, ToSource));
    }

    private void CreateGauge(Meter meter, string name, Func<CircuitRelay, long> value, string unit, string description)
        => meter.CreateObservableGauge(name, () => Observe(value), unit, description);

    private Measurement<long>[] Observe(Func<CircuitRelay, long> value)
    {
        CircuitRelay? relay;
        lock (_gate)
            relay = _relay;
        return relay is null ? [] : [new Measurement<long>(value(relay))];
    }

    private Measurement<long>[] ObserveBytes()
    {
        lock (_gate)
        {
            if (!_hasServed)
                return [];
            (long toDestination, long toSource) = _relay?.CarriedBytes ?? default;
            return
            [
                new Measurement<long>(_beforeToDestination + toDestination, new TagList { { Direction, ToDestination } }),
                new Measurement<long>(_beforeToSource + toSource, new TagList { { Direction, ToSource } }),
            ];
        }
    }
}
