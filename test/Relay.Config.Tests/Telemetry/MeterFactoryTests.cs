using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Relay.Circuit;
using Relay.Tests.Nodes;

namespace Relay.Tests.Telemetry;

[TestFixture]
internal sealed class MeterFactoryTests : NodeTest
{
    [Test]
    public async Task The_meter_belongs_to_the_factory_that_was_given()
    {
        await using ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var factory = services.GetRequiredService<IMeterFactory>();
        RelayNode node = Build(CreateConfig(relay => relay.Disabled = true), builder => builder.WithMeterFactory(factory));

        Assert.That(node.Telemetry.Meter.Scope, Is.SameAs(factory));
        Assert.That(node.Telemetry.Meter, Is.SameAs(factory.Create(new MeterOptions(RelayTelemetry.MeterName) { Version = node.Telemetry.Meter.Version })));
        await node.DisposeAsync();
        Assert.That(node.Telemetry.Meter.CreateCounter<int>("still.there").Meter, Is.SameAs(node.Telemetry.Meter), "disposing the node leaves it to the factory");
    }
}
