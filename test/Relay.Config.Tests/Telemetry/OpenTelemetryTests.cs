using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Relay.Circuit;
using Relay.Libp2p;
using Relay.TestKit;
using Relay.Tests.Nodes;

namespace Relay.Tests.Telemetry;

/// <summary>What an operator's OpenTelemetry collects from a relay that works over sockets.</summary>
[TestFixture]
internal sealed class OpenTelemetryTests : NodeTest
{
    private const string Echo = "/echo/1.0.0";

    [Test]
    public async Task OpenTelemetry_collects_metrics_and_traces_of_a_relay()
    {
        var metrics = new List<MetricSnapshot>();
        var activities = new List<Activity>();
        using MeterProvider meters = Sdk.CreateMeterProviderBuilder().AddMeter(RelayTelemetry.MeterName).AddInMemoryExporter(metrics).Build();
        using TracerProvider traces = Sdk.CreateTracerProviderBuilder().AddSource(RelayTelemetry.ActivitySourceName).AddInMemoryExporter(activities).Build();
        RelayNode relay = await StartOpenRelayAsync();

        await UseAsync(relay, meters, metrics);
        meters.ForceFlush();
        traces.ForceFlush();

        Assert.That(LongOf(metrics, "relay.bytes", "direction", "to_destination"), Is.GreaterThan(1000));
        Assert.That(LongOf(metrics, "relay.decisions", "reason", "Reserved"), Is.EqualTo(1));
        Assert.That(LongOf(metrics, "relay.decisions", "reason", "CircuitAdmitted"), Is.EqualTo(1));
        Assert.That(LongOf(metrics, "relay.decisions", "reason", "NoReservation"), Is.EqualTo(1));
        Assert.That(PointOf(metrics, "relay.circuit.duration").GetHistogramCount(), Is.EqualTo(1));
        Assert.That(PointOf(metrics, "relay.circuit.bytes", "direction", "to_source").GetHistogramSum(), Is.GreaterThan(1000));
        Assert.That(metrics.SelectMany(TagsOf).Select(tag => $"{tag.Value}"), Has.None.Contains("12D3KooW").And.None.Contains("/ip4/"), "no peer, no address");

        Assert.That(activities.Select(activity => activity.OperationName), Is.EquivalentTo(["relay.reserve", "relay.connect", "relay.circuit", "relay.connect"]));
        Activity circuit = activities.Single(activity => activity.OperationName == "relay.circuit");
        Assert.That(activities.Single(activity => activity.SpanId == circuit.ParentSpanId).GetTagItem("relay.reason"), Is.EqualTo("CircuitAdmitted"));
        Assert.That(activities.Single(activity => activity.Status == ActivityStatusCode.Error).GetTagItem("relay.reason"), Is.EqualTo("NoReservation"));
    }

    /// <summary>Reserves, opens a circuit and sends 1000 bytes there and back through it, asks for one that cannot be, and leaves.</summary>
    private async Task UseAsync(RelayNode relay, MeterProvider meters, List<MetricSnapshot> metrics)
    {
        RelayNode destination = await StartPeerAsync();
        destination.Handle(Echo, async stream =>
        {
            byte[] bytes = new byte[1000];
            await stream.ReadExactlyAsync(bytes);
            await stream.WriteAsync(bytes);
        });
        await destination.Relays.ReserveAsync(relay.ListenAddresses[0]).InTime();
        RelayNode source = await StartPeerAsync();
        await using (MuxedStream stream = await source.OpenStreamAsync(Through(relay, destination), Echo, allowLimited: true).InTime())
        {
            await stream.WriteAsync(new byte[1000]);
            await stream.ReadExactlyAsync(new byte[1000]).AsTask().InTime();
            meters.ForceFlush();
            Assert.That(LongOf(metrics, "relay.reservations"), Is.EqualTo(1));
            Assert.That(LongOf(metrics, "relay.circuits"), Is.EqualTo(1));
            Assert.That(LongOf(metrics, "relay.memory.reserved"), Is.GreaterThan(2 * 64 * 1024));
        }

        RelayNode stranger = await StartPeerAsync();
        Assert.ThrowsAsync<RelayException>(() => source.DialAsync(Through(relay, stranger)).InTime());
        await source.StopAsync().InTime();
        await Eventually.EqualsAsync(0, () => relay.Counts.Circuits, "circuits");
    }

    private static long LongOf(List<MetricSnapshot> metrics, string name, string? tag = null, string? value = null)
    {
        MetricPoint point = PointOf(metrics, name, tag, value);
        MetricType type = metrics.Last(metric => metric.Name == name).MetricType;
        return type == MetricType.LongGauge ? point.GetGaugeLastValueLong() : point.GetSumLong();
    }

    private static MetricPoint PointOf(List<MetricSnapshot> metrics, string name, string? tag = null, string? value = null) =>
        metrics.Last(metric => metric.Name == name).MetricPoints.Single(point => tag is null || HasTag(point, tag, value!));

    private static bool HasTag(MetricPoint point, string tag, string value)
    {
        foreach (KeyValuePair<string, object?> pair in point.Tags)
        {
            if (pair.Key == tag && value.Equals(pair.Value))
                return true;
        }

        return false;
    }

    private static IEnumerable<KeyValuePair<string, object?>> TagsOf(MetricSnapshot metric)
    {
        var all = new List<KeyValuePair<string, object?>>();
        foreach (MetricPoint point in metric.MetricPoints)
        {
            foreach (KeyValuePair<string, object?> tag in point.Tags)
                all.Add(tag);
        }

        return all;
    }
}
