using System.Diagnostics;
using System.Diagnostics.Metrics;
using Relay.TestKit;
using Relay.TestKit.Network;

namespace Relay.Circuit.Tests.Telemetry;

[TestFixture]
internal sealed class RelayTelemetryTests
{
    [Test]
    public void The_meter_and_the_source_have_the_names_that_are_documented()
    {
        using var telemetry = new RelayTelemetry();
        Assert.That(telemetry.Meter.Name, Is.EqualTo("Relay.Config"));
        Assert.That(telemetry.ActivitySource.Name, Is.EqualTo("Relay.Config"));
        Assert.That(telemetry.Meter.Version, Is.EqualTo(telemetry.ActivitySource.Version).And.Not.Empty);
    }

    [Test]
    public void A_disposed_one_publishes_nothing_more()
    {
        var telemetry = new RelayTelemetry();
        Counter<int> counter = telemetry.Meter.CreateCounter<int>("some.counter");
        int told = 0;
        using MeterListener meters = Listen(telemetry, _ => Interlocked.Increment(ref told));
        counter.Add(1);
        telemetry.Dispose();
        telemetry.Dispose();
        counter.Add(1);
        Assert.That(told, Is.EqualTo(1));
        Assert.That(telemetry.ActivitySource.HasListeners(), Is.False);
    }

    [Test]
    public async Task A_relay_leaves_alone_the_telemetry_of_the_caller()
    {
        using var telemetry = new RelayTelemetry();
        using var activities = new ActivityListener { ShouldListenTo = source => source == telemetry.ActivitySource };
        ActivitySource.AddActivityListener(activities);
        await using var network = new InMemoryNetwork();
        var relay = new CircuitRelay(
            network.AddHost(), new CircuitRelayOptions(), new ScriptedAcl(), new ManualTimeProvider(), telemetry: telemetry);
        await relay.DisposeAsync().AsTask().InTime();
        Assert.That(telemetry.ActivitySource.HasListeners(), Is.True);
    }

    private static MeterListener Listen(RelayTelemetry telemetry, Action<int> told)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == telemetry.Meter)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>((_, value, _, _) => told(value));
        listener.Start();
        return listener;
    }
}
