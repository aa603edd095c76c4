using Relay.Interop.Tests.Nodes;
using Relay.Interop.Tests.Peer;
using Relay.Interop.Tests.Scenarios;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Interop.Tests;

/// <summary>What js-libp2p sees of our node, apart from the relaying.</summary>
public sealed class IdentifyAndPingTests : RelayTest
{
    [Test]
    public async Task Identify_lists_hop()
    {
        RelayNode relay = await StartRelayAsync();
        JsPeer peer = await StartPeerAsync();

        await NodeScenarios.IdentifiesAsync(peer, relay.Address(), listsHop: true);
    }

    [Test]
    public async Task A_disabled_relay_lists_no_hop_and_refuses_the_protocol()
    {
        RelayNode relay = await StartRelayAsync(service => service.Disabled = true);
        JsPeer peer = await StartPeerAsync();

        await NodeScenarios.IdentifiesAsync(peer, relay.Address(), listsHop: false);
        var refusal = Assert.ThrowsAsync<JsPeerException>(() => peer.OpenHopAsync(relay.Address()));
        Assert.That(refusal!.ErrorName, Is.EqualTo("UnsupportedProtocolError"));
        await Refusals.ListenIsRefusedAsync(peer, relay.Address(), Protocols.Hop);
        await peer.PingAsync(relay.Address());
    }

    [Test]
    public async Task Pings_are_answered_both_ways()
    {
        RelayNode relay = await StartRelayAsync();
        JsPeer peer = await StartPeerAsync();

        Assert.That(await peer.PingAsync(relay.Address()), Is.GreaterThanOrEqualTo(TimeSpan.Zero));
        Assert.That(await relay.PingAsync(PeerId.Parse(peer.PeerId)).InTime(), Is.GreaterThan(TimeSpan.Zero));
    }
}
