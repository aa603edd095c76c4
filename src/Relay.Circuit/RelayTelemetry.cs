using System.Diagnostics;
using System.Diagnostics.Metrics;
using Relay.Circuit.Live;

namespace Relay.Circuit;

/// <summary>
/// Where everything of a node publishes its measurements: one <see cref="System.Diagnostics.Metrics.Meter"/> and one
/// <see cref="System.Diagnostics.ActivitySource"/>, found by <see cref="MeterName"/> and <see cref="ActivitySourceName"/>. The node creates and disposes it;
/// whoever runs a <see cref="CircuitRelay"/> without a node may do the same. Thread-safe. Costs next to nothing while nobody listens.
/// </summary>
public sealed class RelayTelemetry : IDisposable
{
    /// <summary>The name of the meter: what to pass to <c>AddMeter</c> of OpenTelemetry, or to <c>dotnet-counters</c>.</summary>
    public const string MeterName = "Relay.Config";

    /// <summary>The name of the activity source: what to pass to <c>AddSource</c> of OpenTelemetry.</summary>
    public const string ActivitySourceName = "Relay.Config";

    private static readonly string? Version = typeof(RelayTelemetry).Assembly.GetName().Version?.ToString(3);

    /// <summary>Creates the meter and the activity source.</summary>
    /// <param name="meterFactory">Makes the meter, which then is the factory's to dispose; null for one of its own.</param>
    public RelayTelemetry(IMeterFactory? meterFactory = null)
    {
        var options = new MeterOptions(MeterName) { Version = Version };
        Meter = meterFactory?.Create(options) ?? new Meter(options);
        ActivitySource = new ActivitySource(ActivitySourceName, Version);
        Relay = new RelayInstruments(Meter);
    }

    /// <summary>The meter; instruments of every part of the node belong to it.</summary>
    public Meter Meter { get; }

    /// <summary>The activity source of every part of the node.</summary>
    public ActivitySource ActivitySource { get; }

    /// <summary>The engine's instruments.</summary>
    internal RelayInstruments Relay { get; }

    /// <summary>Ends publishing. Disposing twice does nothing.</summary>
    public void Dispose()
    {
        Relay.End();
        Meter.Dispose(); // of a factory's meter the factory makes this nothing
        ActivitySource.Dispose();
    }
}
