using Relay.Interop.Tests.Nodes;
using Relay.Interop.Tests.Peer;
using Relay.Interop.Tests.Scenarios;
using Relay.TestKit;

namespace Relay.Interop.Tests;

/// <summary>A relay that goes and comes back, as js-libp2p peers see it.</summary>
public sealed class RestartTests : RelayTest
{
    [Test]
    public async Task A_relay_restarted_on_its_key_and_port_is_used_again()
    {
        using var directory = new TemporaryDirectory();
        RelayNode before = await StartRelayAsync(config => config.PrivateKeyFile = directory["relay.key"]);
        string address = before.Address();
        (JsPeer listener, JsPeer dialer) = await StartTwoAsync();
        await CircuitScenarios.EchoesThroughAsync(address, listener, dialer, 1000);

        await before.DisposeAsync().InTime();
        await NodeScenarios.LosesItsConnectionsAsync(listener);
        await NodeScenarios.LosesItsConnectionsAsync(dialer);
        RelayNode after = await StartRelayAsync(config =>
        {
            config.PrivateKeyFile = directory["relay.key"];
            config.ListenAddresses = [address.Split("/p2p/")[0]];
        });

        Assert.That(after.Address(), Is.EqualTo(address));
        await CircuitScenarios.MeetsAsync(address, listener, dialer, 1000);
    }

    [Test]
    public async Task A_node_that_is_stopped_and_started_serves_again()
    {
        RelayNode relay = await StartRelayAsync();
        JsPeer peer = await StartPeerAsync();
        await NodeScenarios.StillServesAsync(peer, relay.Address());

        await relay.StopAsync().InTime();
        Assert.That(relay.Counts, Is.EqualTo(default(RelayNodeCounts)));
        await NodeScenarios.LosesItsConnectionsAsync(peer);
        await relay.StartAsync().InTime();

        await NodeScenarios.StillServesAsync(peer, relay.Address());
    }
}
