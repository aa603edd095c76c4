using Relay.Interop.Tests.Nodes;
using Relay.Interop.Tests.Peer;
using Relay.Interop.Tests.Scenarios;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Interop.Tests;

/// <summary>Peers that are broken or hostile: each gets a clear answer, nothing is lost, and the next client is served.</summary>
public sealed class BadInputTests : RelayTest
{
    [Test]
    public async Task Every_bad_request_is_answered_and_a_good_client_is_served_afterwards()
    {
        RelayNode relay = await StartRelayAsync();
        (JsPeer bad, JsPeer good) = await StartTwoAsync();

        using (Assert.EnterMultipleScope())
        {
            foreach (BadInput input in BadInput.All)
            {
                RelayStatus expected = input.Status ?? RelayStatus.MalformedMessage;
                Assert.That(await input.IsAnsweredAsync(bad, relay.Address()), Is.EqualTo(((RelayStatus?)expected, (StreamEnd?)StreamEnd.Eof)), input.Name);
            }
        }

        Assert.That(relay.Counts.Reservations, Is.Zero, "reservations that bad requests got");
        await NodeScenarios.StillServesAsync(bad, relay.Address());
        await CircuitScenarios.EchoesThroughAsync(relay.Address(), good, bad, 100_000);
    }

    [Test]
    public async Task Half_a_message_and_silence_ends_with_the_patience_of_the_relay()
    {
        var clock = new RelayClock();
        RelayNode relay = await StartRelayAsync(supply: builder => builder.WithTimeProvider(clock.Time));
        JsPeer bad = await StartPeerAsync(new JsPeerOptions { PingInterval = (int)TimeSpan.FromHours(1).TotalMilliseconds });

        await BadInput.Silence.IsAnsweredAsync(bad, relay.Address(), async () =>
        {
            await clock.Time.TimerIsArmedAsync(TimeSpan.FromMinutes(1));
            await clock.AdvanceAsync(TimeSpan.FromMinutes(1), relay.Address(), bad);
        });

        await NodeScenarios.StillServesAsync(await StartPeerAsync(), relay.Address());
    }

    [Test]
    public async Task A_dotnet_node_takes_no_circuit_from_a_bad_offer()
    {
        RelayNode node = await StartClientAsync();
        JsPeer liar = await StartPeerAsync();
        JsConnection connection = await liar.DialAsync(node.Address());

        foreach ((byte[] offer, byte status) in new (byte[], byte)[] { ([0x02, 0x08, 0x00], 0x90), ([0x01, 0xff], 0x90), ([0x02, 0x08, 0x01], 0x91) })
        {
            JsStream stop = await liar.OpenAsync(connection, Protocols.Stop);
            await stop.WriteAsync(offer);
            byte[] answer = await stop.ReadAsync(6);
            Assert.That(answer, Is.EqualTo(new byte[] { 5, 0x08, 0x01, 0x20, status, 0x03 })); // STATUS with 400 or 401
            Assert.That((await stop.DigestToEndAsync()).End, Is.EqualTo(StreamEnd.Eof));
        }

        Assert.That(node.Connections, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_peer_cannot_connect_to_itself()
    {
        RelayNode relay = await StartRelayAsync();
        JsPeer peer = await StartPeerAsync();
        await NodeScenarios.StillServesAsync(peer, relay.Address());

        await Refusals.ConnectIsRefusedAsync(peer, relay.Address(), peer.PeerId, RelayStatus.MalformedMessage);
        await NodeScenarios.StillServesAsync(peer, relay.Address());
    }

    [Test]
    public async Task Requests_over_a_circuit_are_refused()
    {
        RelayNode outer = await StartRelayAsync();
        RelayNode inner = await StartRelayAsync();
        (JsPeer peer, JsPeer destination) = await StartTwoAsync();
        await inner.Relays.ReserveAsync(Multiaddress.Parse(outer.Address())).InTime();
        await destination.ReserveAsync(inner.Address());

        await Refusals.RelayedRequestsAreRefusedAsync(peer, inner.AddressBehind(outer.Address()), destination.PeerId);
        await NodeScenarios.StillServesAsync(destination, inner.Address());
    }
}
