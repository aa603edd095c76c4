using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Relay.Circuit;

namespace Relay.TestKit;

/// <summary>
/// Listens to one meter: the sums of its counters and the last values of its gauges, by name and tags, as <c>relay.evictions{reason=Evicted}</c>. Thread-safe.
/// </summary>
public sealed class RecordingMeter : IDisposable
{
    private readonly ConcurrentDictionary<string, double> _sums = new();
    private readonly MeterListener _listener;

    /// <summary>Listens from now on.</summary>
    public RecordingMeter(RelayTelemetry telemetry)
    {
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == telemetry.Meter)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>The names and tags there have been.</summary>
    public IEnumerable<string> Names => _sums.Keys;

    /// <summary>The sum or last value under a name with its tags; 0 when there is none. Asks the observable instruments first.</summary>
    public double this[string name]
    {
        get
        {
            _listener.RecordObservableInstruments();
            return _sums.GetValueOrDefault(name);
        }
    }

    /// <summary>Stops listening.</summary>
    public void Dispose() => _listener.Dispose();

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string name = instrument.Name + (tags.IsEmpty ? "" : $"{{{string.Join(",", tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))}}}");
        _sums.AddOrUpdate(name, value, (_, sum) => instrument.IsObservable ? value : sum + value);
    }
}
