using Relay.Circuit;
using Relay.Interop.Tests.Nodes;
using Relay.Interop.Tests.Peer;
using Relay.Interop.Tests.Scenarios;
using Relay.Libp2p;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Interop.Tests;

/// <summary>.NET nodes that stay reachable by themselves, through our relay and through js-libp2p's; with their own relay service off, and on.</summary>
[TestFixture(false)]
[TestFixture(true)]
public sealed class AutoRelayTests(bool serves) : RelayTest
{
    private const int Length = 100_000;

    /// <summary>A node that nobody is told to dial directly, and that seeks these relays.</summary>
    private async Task<RelayNode> StartSeekerAsync(params string[] relays)
    {
        RelayNode node = await StartRelayAsync(config =>
        {
            config.Connection.RelayService.Disabled = !serves;
            config.Connection.Reachability = Reachability.Private;
            config.Connection.AutoRelay.StaticRelays = [.. relays];
            config.Connection.AutoRelay.WantedRelays = 1;
            config.Connection.AutoRelay.RetryBackOff = TimeSpan.FromMilliseconds(200);
            config.Connection.AutoRelay.MaxRetryBackOff = TimeSpan.FromSeconds(1);
        });
        NodeEcho.Serve(node);
        return node;
    }

    private static Task HoldsAsync(RelayNode node, string relay) => Eventually.TrueAsync(
        () => node.Relays.Addresses.Any(address => address.ToString() == node.AddressBehind(relay)), $"a reservation on {relay}");

    private static async Task ReachesAsync(JsPeer dialer, RelayNode node, string relay)
    {
        JsConnection connection = await dialer.DialAsync(node.AddressBehind(relay));
        EchoReply echo = await dialer.EchoAsync(connection, Length);
        Assert.That((connection.RemotePeer, echo.Received, echo.ReceivedSha256, echo.End), Is.EqualTo((node.Id(), (long)Length, echo.SentSha256, StreamEnd.Eof)));
        await dialer.CloseAsync(connection);
    }

    private static async Task ReachesAsync(RelayNode dialer, RelayNode node, string relay) =>
        await (await NodeEcho.EchoesAsync(dialer, node.AddressBehind(relay), Length)).CloseAsync().InTime();

    [Test]
    public async Task A_dotnet_node_behind_our_relay_is_reached_by_js_and_by_dotnet()
    {
        RelayNode relay = await StartRelayAsync();
        RelayNode node = await StartSeekerAsync(relay.Address());
        await HoldsAsync(node, relay.Address());

        await ReachesAsync(await StartPeerAsync(), node, relay.Address());
        await ReachesAsync(await StartClientAsync(), node, relay.Address());
    }

    [Test]
    public async Task A_js_node_behind_our_relay_is_reached_by_js_and_by_dotnet()
    {
        RelayNode relay = await StartRelayAsync();
        (JsPeer listener, JsPeer dialer) = await StartTwoAsync();
        await listener.ServeEchoAsync();
        await listener.ListenAsync($"{relay.Address()}/p2p-circuit");
        string address = await listener.AnnouncesAsync(one => one.Contains("/p2p-circuit", StringComparison.Ordinal));

        EchoReply echo = await dialer.EchoAsync(await dialer.DialAsync(address), Length);
        Assert.That((echo.Received, echo.ReceivedSha256), Is.EqualTo(((long)Length, echo.SentSha256)));
        await NodeEcho.EchoesAsync(await StartClientAsync(), address, Length);
    }

    [Test]
    public async Task A_dotnet_node_behind_a_js_relay_is_reached_by_both_also_after_the_relay_has_restarted()
    {
        var options = new JsPeerOptions { Seed = new byte[32], Listen = [AnyPort], Relay = new JsRelayOptions { DataLimit = 1 << 24, DurationLimit = 120_000 } };
        JsPeer relay = await StartPeerAsync(options);
        string address = relay.Address;
        JsPeer jsDialer = await StartPeerAsync();
        RelayNode dialer = await StartClientAsync();
        RelayNode node = await StartSeekerAsync(address);
        await HoldsAsync(node, address);
        await ReachesAsync(jsDialer, node, address);
        await ReachesAsync(dialer, node, address);

        await relay.StopNodeAsync();
        await Eventually.EqualsAsync(0, () => node.Relays.Addresses.Count, "the addresses behind the relay");
        await NodeScenarios.LosesItsConnectionsAsync(jsDialer);
        await relay.StartNodeAsync(options with { Listen = [address.Split("/p2p/")[0]] });

        await HoldsAsync(node, address);
        await ReachesAsync(jsDialer, node, address);
        await ReachesAsync(dialer, node, address);
    }

    [Test]
    public async Task A_js_peer_is_told_when_the_node_gains_and_loses_an_address_behind_a_relay()
    {
        RelayNode relay = await StartRelayAsync();
        string address = relay.Address();
        RelayNode node = await StartSeekerAsync();
        JsPeer friend = await StartPeerAsync();
        await friend.DialAsync(node.Address());

        await node.Relays.ReserveAsync(Multiaddress.Parse(address)).InTime();
        await NodeScenarios.LearnsAddressAsync(friend, node.Id(), $"{address}/p2p-circuit", isReached: true);

        await relay.StopAsync().InTime();
        await NodeScenarios.LearnsAddressAsync(friend, node.Id(), $"{address}/p2p-circuit", isReached: false);
    }

    [Test]
    public async Task A_dotnet_peer_of_a_node_behind_a_js_relay_is_told_where_that_is_reached()
    {
        JsPeer relay = await StartPeerAsync(new JsPeerOptions { Listen = [AnyPort], Relay = new JsRelayOptions() });
        RelayNode node = await StartSeekerAsync(relay.Address);
        await HoldsAsync(node, relay.Address);

        Connection toNode = await (await StartClientAsync()).DialAsync(Multiaddress.Parse(node.Address())).InTime();

        await Eventually.TrueAsync(
            () => toNode.RemoteIdentity?.ListenAddresses.Any(one => one.ToString() == $"{relay.Address}/p2p-circuit") == true, "what identify says");
    }

    [Test]
    public async Task Short_reservations_on_a_js_relay_are_renewed_for_many_periods()
    {
        JsPeer relay = await StartPeerAsync(new JsPeerOptions { Listen = [AnyPort], Relay = new JsRelayOptions { ReservationTtl = 8_000, Limited = false } });
        RelayNode node = await StartSeekerAsync(relay.Address);
        RelayNode dialer = await StartClientAsync();
        await HoldsAsync(node, relay.Address);
        DateTimeOffset end = node.Relays.Known[0].Expiration!.Value + TimeSpan.FromSeconds(20);

        // js-libp2p's relay (4.2.13) forgets a reservation, and cuts its circuits, when the time of its first renewal is over, also when it was renewed since:
        // its timer is never taken back. The node notices at once.
        (int reached, int missed, bool isReached) = (0, 0, false);
        while (node.Relays.Known[0].Expiration < end || !isReached)
        {
            try
            {
                await ReachesAsync(dialer, node, relay.Address);
                isReached = true;
                reached++;
            }
            catch (Exception e) when (e is RelayException or IOException)
            {
                isReached = false;
                missed++;
            }
        }

        TestContext.Out.WriteLine($"reached {reached} times, missed {missed}");
        Assert.That(reached, Is.GreaterThan(20));
    }

    [Test]
    public async Task A_node_that_a_full_js_relay_refuses_goes_to_another()
    {
        JsPeer full = await StartPeerAsync(new JsPeerOptions { Listen = [AnyPort], Relay = new JsRelayOptions { MaxReservations = 1 } });
        RelayNode first = await StartSeekerAsync(full.Address);
        await HoldsAsync(first, full.Address);
        RelayNode ours = await StartRelayAsync();

        RelayNode node = await StartSeekerAsync(full.Address, ours.Address());

        await HoldsAsync(node, ours.Address());
        KnownRelay refused = node.Relays.Known.Single(known => known.Relay.ToString() == full.PeerId);
        Assert.That((refused.Reason, refused.Refusal), Is.EqualTo((RelayReason.Refused, Status.ReservationRefused)).Or.EqualTo((RelayReason.None, (Status?)null)), "refused, or not asked, as chance would have it");
        await ReachesAsync(await StartClientAsync(), node, ours.Address());
    }

    [Test]
    public async Task Who_sends_more_than_a_js_relay_lets_through_is_told_that_this_was_the_limit()
    {
        JsPeer relay = await StartPeerAsync(new JsPeerOptions { Listen = [AnyPort], Relay = new JsRelayOptions { DataLimit = 1 << 18 } });
        RelayNode node = await StartSeekerAsync(relay.Address);
        await HoldsAsync(node, relay.Address);
        RelayNode dialer = await StartClientAsync();
        await using MuxedStream stream =
            await dialer.OpenStreamAsync(Multiaddress.Parse(node.AddressBehind(relay.Address)), Protocols.Echo, allowLimited: true).InTime();
        long? before = stream.Connection.Remaining?.DataToSend;

        StreamException? cut = Assert.ThrowsAsync<StreamException>(async () => await Task.WhenAll(
            stream.WriteAsync(new byte[1 << 20]).AsTask(), stream.CopyToAsync(Stream.Null)).InTime());

        Assert.That(before, Is.InRange((1 << 18) - 5_000, 1 << 18));
        Assert.That(cut!.Reason, Is.EqualTo(StreamError.LimitReached));
    }
}
