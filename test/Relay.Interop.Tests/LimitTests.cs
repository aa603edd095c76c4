using Relay.Interop.Tests.Nodes;
using Relay.Interop.Tests.Peer;
using Relay.Interop.Tests.Scenarios;

namespace Relay.Interop.Tests;

/// <summary>The limits of a circuit through our relay, at them and one over, as js-libp2p peers see it at both ends.</summary>
public sealed class LimitTests : RelayTest
{
    [TestCase(1)]
    [TestCase(100_001)]
    [TestCase((1 << 20) + 1)] // more than the windows of the streams hold
    public async Task The_data_limit_is_kept_to_the_byte_in_each_direction(int limit)
    {
        RelayNode relay = await StartRelayAsync(service => service.MaxData = limit);
        (JsPeer source, JsPeer destination) = await StartTwoAsync();

        RawCircuit circuit = await RawCircuit.OpenAsync(relay.Address(), source, destination);
        await LimitScenarios.DeliversExactlyAsync(circuit, limit);
        await LimitScenarios.DeliversExactlyAsync(circuit.Reversed(), limit);
        await relay.HasCircuitsAsync(0);

        await LimitScenarios.ResetsOneOverAsync(await RawCircuit.ConnectAsync(relay.Address(), source, destination), limit);
        await LimitScenarios.ResetsOneOverAsync((await RawCircuit.ConnectAsync(relay.Address(), source, destination)).Reversed(), limit);
        await relay.HasCircuitsAsync(0);
    }

    [Test]
    public async Task A_circuit_ends_at_its_deadline_and_not_before()
    {
        var clock = new RelayClock();
        RelayNode relay = await StartRelayAsync(
            service => service.MaxDuration = TimeSpan.FromMinutes(2),
            builder => builder.WithTimeProvider(clock.Time));
        (JsPeer source, JsPeer destination) = await StartTwoAsync();
        RawCircuit circuit = await RawCircuit.OpenAsync(relay.Address(), source, destination);

        await clock.AdvanceAsync(TimeSpan.FromSeconds(119.9), relay.Address(), source, destination);
        await LimitScenarios.ResetsAtTheDeadlineAsync(circuit, () => clock.AdvanceAsync(TimeSpan.FromSeconds(0.1), relay.Address(), source, destination));

        await relay.HasCircuitsAsync(0);
        await NodeScenarios.StillServesAsync(destination, relay.Address());
    }
}
