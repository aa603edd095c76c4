using Relay.Circuit.Host;
using Relay.TestKit;
using Relay.TestKit.Contracts;
using Relay.TestKit.Network;
using Relay.TestKit.Wire;

namespace Relay.Circuit.Tests;

/// <summary>Relayed connections, several connections of one peer, addresses, and connections that end at the wrong moment.</summary>
[TestFixture]
internal sealed class ConnectionTests : InMemoryRelayFixture
{
    [Test]
    public async Task Nothing_is_granted_over_a_relayed_connection()
    {
        StartRelay();
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        InMemoryHost far = Network.AddHost();
        InMemoryConnection relayed = Network.Connect(far, RelayHost, isRelayed: true);
        bool isAsked = false;
        Acl.Reserve = _ => isAsked = true;
        Acl.Connect = (_, _) => isAsked = true;

        Assert.That(await AskOverAsync(relayed, far, RawHop.Reserve()), Is.EqualTo(Status.PermissionDenied));
        Assert.That(await AskOverAsync(relayed, far, RawHop.Connect(destination.Host.LocalPeer)), Is.EqualTo(Status.PermissionDenied));
        Assert.That(await AskOverAsync(relayed, far, new RawMessage().With(1, 1)), Is.EqualTo(Status.PermissionDenied), "before the message is looked at");
        Assert.That(isAsked, Is.False);
        relayed.Close();
    }

    [Test]
    public async Task A_reservation_lasts_as_long_as_one_direct_connection_is_left()
    {
        StartRelay();
        InMemoryHost peer = await AddPeerAsync();
        InMemoryConnection second = Network.Connect(peer, RelayHost);
        await ReserveAsync(peer);

        second.Close();
        Assert.That(Relay.Counts.Reservations, Is.EqualTo(1));

        InMemoryConnection relayed = Network.Connect(peer, RelayHost, isRelayed: true);
        await ((IRelayTestNetwork)Network).DisconnectAsync(peer);
        Assert.That(Relay.Counts.Reservations, Is.Zero);
        relayed.Close();
    }

    [Test]
    public async Task A_relayed_connection_does_not_keep_a_reservation()
    {
        StartRelay();
        InMemoryHost peer = Network.AddHost();
        InMemoryConnection direct = Network.Connect(peer, RelayHost);
        InMemoryConnection relayed = Network.Connect(peer, RelayHost, isRelayed: true);
        Assert.That(await AskOverAsync(direct, peer, RawHop.Reserve()), Is.EqualTo(Status.Ok));

        direct.Close();

        Assert.That(Relay.Counts.Reservations, Is.Zero);
        relayed.Close();
    }

    [Test]
    public async Task A_peer_that_is_back_and_reserves_while_its_old_request_finds_it_gone_keeps_what_it_has_now()
    {
        StartRelay();
        InMemoryHost peer = await AddPeerAsync();
        RelayHost.NextIsConnected = _ =>
        {
            Assert.That(RawHop.StatusOf(ReserveAsync(peer).GetAwaiter().GetResult()), Is.EqualTo(Status.Ok));
            return false; // what was so before
        };
        IHostStream old = await OpenHopAsync(peer);
        await old.SendAsync(RawHop.Reserve());
        Assert.That((await old.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
        Assert.That(Relay.Counts.Reservations, Is.EqualTo(1));
    }

    [Test]
    public async Task A_peer_that_is_back_and_reserves_while_its_disconnect_is_noticed_keeps_what_it_has_now()
    {
        StartRelay();
        InMemoryHost peer = Network.AddHost();
        InMemoryConnection first = Network.Connect(peer, RelayHost);
        await ReserveAsync(peer);
        RelayHost.NextIsConnected = _ =>
        {
            Network.Connect(peer, RelayHost);
            Assert.That(RawHop.StatusOf(ReserveAsync(peer).GetAwaiter().GetResult()), Is.EqualTo(Status.Ok));
            return false;
        };
        first.Close();
        Assert.That(Relay.Counts.Reservations, Is.EqualTo(1));
        RelayHost.CloseConnections();
    }

    [TestCase("/ip4/203.0.113.9/tcp/1", "/ip6/::ffff:203.0.113.9/tcp/2", "/ip4/203.0.113.9/tcp/3")]
    [TestCase("/ip6/2001:db8::9/tcp/1", "/ip6/2001:db8::9/tcp/2", "/ip6/2001:db8:0::9/tcp/3")]
    public async Task Reservations_are_granted_up_to_the_maximum_per_address(string first, string second, string third)
    {
        StartRelay(new CircuitRelayOptions { MaxReservationsPerIp = 2 });
        Assert.That(await ReserveFromAsync(first), Is.EqualTo(Status.Ok));
        Assert.That(await ReserveFromAsync(second), Is.EqualTo(Status.Ok));
        Assert.That(await ReserveFromAsync(third), Is.EqualTo(Status.ReservationRefused));
        Assert.That(await ReserveFromAsync("/ip4/203.0.113.10/tcp/1"), Is.EqualTo(Status.Ok));
        RelayHost.CloseConnections();
    }

    [TestCase(24, "/ip4/203.0.113.9/tcp/1", "/ip6/::ffff:203.0.113.200/tcp/2", "/ip4/203.0.113.77/tcp/3", "/ip4/203.0.112.9/tcp/1")]
    [TestCase(23, "/ip4/203.0.113.9/tcp/1", "/ip4/203.0.112.9/tcp/2", "/ip4/203.0.113.10/tcp/3", "/ip4/203.0.114.9/tcp/1")]
    [TestCase(56, "/ip6/2001:db8:0:100::9/tcp/1", "/ip6/2001:db8:0:1ff::9/tcp/2", "/ip6/2001:db8:0:1aa::1/tcp/3", "/ip6/2001:db8:0:200::9/tcp/1")]
    [TestCase(128, "/ip6/2001:db8::9/tcp/1", "/ip6/2001:db8::9/tcp/2", "/ip6/2001:db8:0::9/tcp/3", "/ip6/2001:db8::8/tcp/1")]
    public async Task Reservations_are_granted_up_to_the_maximum_per_network(int prefixLength, string first, string second, string third, string elsewhere)
    {
        StartRelay(new CircuitRelayOptions
        {
            MaxReservationsPerIpv4Prefix = 2,
            MaxReservationsPerIpv6Prefix = 2,
            Ipv4PrefixLength = Math.Min(prefixLength, 32),
            Ipv6PrefixLength = prefixLength,
        });
        Assert.That(await ReserveFromAsync(first), Is.EqualTo(Status.Ok));
        Assert.That(await ReserveFromAsync(second), Is.EqualTo(Status.Ok));
        Assert.That(await ReserveFromAsync(third), Is.EqualTo(Status.ReservationRefused));
        Assert.That(await ReserveFromAsync(elsewhere), Is.EqualTo(Status.Ok));
        RelayHost.CloseConnections();
    }

    [Test]
    public async Task A_renewal_from_elsewhere_in_a_full_network_is_granted_and_from_another_full_one_is_not()
    {
        StartRelay(new CircuitRelayOptions { MaxReservationsPerIpv4Prefix = 1 });
        InMemoryHost peer = Network.AddHost();
        InMemoryConnection home = Network.Connect(peer, RelayHost, "/ip4/203.0.113.9/tcp/1");
        InMemoryConnection near = Network.Connect(peer, RelayHost, "/ip4/203.0.113.77/tcp/1");
        InMemoryConnection far = Network.Connect(peer, RelayHost, "/ip4/198.51.100.1/tcp/1");
        Assert.That(await AskOverAsync(home, peer, RawHop.Reserve()), Is.EqualTo(Status.Ok));
        Assert.That(await ReserveFromAsync("/ip4/198.51.100.2/tcp/1"), Is.EqualTo(Status.Ok));

        Assert.That(await AskOverAsync(near, peer, RawHop.Reserve()), Is.EqualTo(Status.Ok));
        Assert.That(await AskOverAsync(far, peer, RawHop.Reserve()), Is.EqualTo(Status.ReservationRefused));
        Assert.That(await ReserveFromAsync("/ip4/203.0.113.1/tcp/1"), Is.EqualTo(Status.ReservationRefused), "its place is kept where it was");
        RelayHost.CloseConnections();
    }

    [Test]
    public async Task IPv6_addresses_share_a_rate_with_their_network()
    {
        StartRelay(new CircuitRelayOptions { ReservationRatePerIp = new Rate(2, TimeSpan.FromMinutes(1)) });
        Assert.That(await ReserveFromAsync("/ip6/2001:db8::1/tcp/1"), Is.EqualTo(Status.Ok));
        Assert.That(await ReserveFromAsync("/ip6/2001:db8:0:ff::2/tcp/1"), Is.EqualTo(Status.Ok));
        Assert.That(await ReserveFromAsync("/ip6/2001:db8:0:ff::3/tcp/1"), Is.EqualTo(Status.ReservationRefused));
        Assert.That(await ReserveFromAsync("/ip6/2001:db8:0:100::1/tcp/1"), Is.EqualTo(Status.Ok));
        RelayHost.CloseConnections();
    }

    [Test]
    public async Task A_renewal_from_a_full_address_is_refused_and_the_peer_stays_reachable()
    {
        StartRelay(new CircuitRelayOptions { MaxReservationsPerIp = 1 });
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        Assert.That(await ReserveFromAsync("/ip4/203.0.113.9/tcp/1"), Is.EqualTo(Status.Ok));
        InMemoryConnection other = Network.Connect((InMemoryHost)destination.Host, RelayHost, dialerAddress: "/ip4/203.0.113.9/tcp/2");

        Assert.That(await AskOverAsync(other, (InMemoryHost)destination.Host, RawHop.Reserve()), Is.EqualTo(Status.ReservationRefused));

        await CloseAsync(await OpenCircuitAsync(await AddPeerAsync(), destination));
        RelayHost.CloseConnections();
    }

    [Test]
    public async Task A_peer_that_disconnects_while_it_is_granted_a_slot_leaves_none_behind([Values] bool streamsEndLater)
    {
        StartRelay();
        InMemoryHost peer = Network.AddHost();
        InMemoryConnection connection = Network.Connect(peer, RelayHost);
        IHostStream stream = connection.OpenStream(peer, CircuitProtocol.Hop);

        // The disconnect is over, and its notice has found no reservation, when the filter is done; the grant comes after that. With streams that
        // have not heard of it yet, even the answer could be written.
        Acl.Reserve = _ =>
        {
            if (streamsEndLater)
                connection.Forget();
            else
                connection.Close();
            return true;
        };
        await stream.SendAsync(RawHop.Reserve());

        HostStreamError expected = streamsEndLater ? HostStreamError.Reset : HostStreamError.ConnectionLost;
        Assert.That(await stream.ReceiveUntilResetAsync(), Is.EqualTo((0L, expected)));
        await RelayHost.HandlersHaveEndedAsync();
        Assert.That(Relay.Counts, Is.EqualTo(default(CircuitRelayCounts)));
        connection.Close();
    }

    [Test]
    public async Task A_late_notice_does_not_take_the_reservation_of_a_peer_that_is_back()
    {
        StartRelay();
        InMemoryHost peer = await AddPeerAsync();
        await ReserveAsync(peer);

        RelayHost.HoldsNotices = true;
        peer.CloseConnections();
        Network.Connect(peer, RelayHost);
        await ReserveAsync(peer);
        RelayHost.HoldsNotices = false;
        RelayHost.ReleaseNotices();

        Assert.That(Relay.Counts.Reservations, Is.EqualTo(1));
    }

    [Test]
    public async Task A_grant_that_cannot_be_delivered_is_taken_back_and_a_renewal_is_not()
    {
        StartRelay();
        InMemoryHost peer = await AddPeerAsync();
        peer.Window = 8; // the answer does not fit

        await ResetBeforeTheAnswerAsync(peer);
        Assert.That(Relay.Counts.Reservations, Is.Zero);

        peer.Window = 65536;
        await ReserveAsync(peer);
        peer.Window = 8;
        await ResetBeforeTheAnswerAsync(peer);
        Assert.That(Relay.Counts.Reservations, Is.EqualTo(1));
    }

    [Test]
    public async Task A_grant_nobody_reads_is_taken_back_when_its_time_is_over()
    {
        StartRelay(new CircuitRelayOptions { HopTimeout = TimeSpan.FromSeconds(45) });
        InMemoryHost peer = await AddPeerAsync();
        peer.Window = 8;
        IHostStream stream = await OpenHopAsync(peer);
        await stream.SendAsync(RawHop.Reserve());
        await Eventually.EqualsAsync(1, () => Relay.Counts.Reservations, "the number of reservations");
        await Time.TimerIsArmedAsync(TimeSpan.FromSeconds(45));

        Time.Advance(TimeSpan.FromSeconds(45));

        Assert.That((await stream.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
        await RelayHost.HandlersHaveEndedAsync();
        Assert.That(Relay.Counts.Reservations, Is.Zero);
    }

    [Test]
    public async Task A_destination_that_is_reserved_and_gone_is_no_reservation()
    {
        StartRelay();
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        InMemoryHost source = await AddPeerAsync();

        RelayHost.HoldsNotices = true;
        ((InMemoryHost)destination.Host).CloseConnections();

        Assert.That(Relay.Counts.Reservations, Is.EqualTo(1), "the notice is on its way");
        Assert.That(await ConnectRefusedAsync(source, destination.Host), Is.EqualTo(Status.NoReservation));
        RelayHost.ReleaseNotices();
        RelayHost.HoldsNotices = false;
    }

    [Test]
    public async Task A_destination_that_goes_while_STOP_is_opened_is_a_failed_connection()
    {
        StartRelay();
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        RelayHost.OpeningStream = (_, _) =>
        {
            ((InMemoryHost)destination.Host).CloseConnections();
            return Task.CompletedTask;
        };

        Assert.That(await ConnectRefusedAsync(await AddPeerAsync(), destination.Host), Is.EqualTo(Status.ConnectionFailed));
        Assert.That((Relay.Counts.Reservations, Relay.Counts.Circuits), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task A_STOP_stream_that_does_not_open_is_a_failed_connection_when_its_time_is_over()
    {
        StartRelay(new CircuitRelayOptions { StopOpenTimeout = TimeSpan.FromSeconds(20) });
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        RelayHost.OpeningStream = (_, token) => new TaskCompletionSource().Task.WaitAsync(token);
        Task<Status> refusal = ConnectRefusedAsync(await AddPeerAsync(), destination.Host);
        await Time.TimerIsArmedAsync(TimeSpan.FromSeconds(20));

        Time.Advance(TimeSpan.FromSeconds(20));

        Assert.That(await refusal.InTime(), Is.EqualTo(Status.ConnectionFailed));
        Assert.That(Relay.Counts.Circuits, Is.Zero);
    }

    [Test]
    public async Task An_OK_that_cannot_be_written_ends_the_circuit_on_both_sides()
    {
        StartRelay();
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        InMemoryHost source = await AddPeerAsync();
        source.Window = 1;
        IHostStream hop = await OpenHopAsync(source);
        await hop.SendAsync(RawHop.Connect(destination.Host.LocalPeer));
        (_, IHostStream stop) = await destination.Stop.NextAsync();

        hop.Reset();

        Assert.That((await stop.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
        await CircuitsAreAsync(0);
    }

    private async Task<Status> ReserveFromAsync(string address)
    {
        InMemoryHost peer = Network.AddHost();
        return await AskOverAsync(Network.Connect(peer, RelayHost, address), peer, RawHop.Reserve());
    }

    private async Task ResetBeforeTheAnswerAsync(InMemoryHost peer)
    {
        IHostStream stream = await OpenHopAsync(peer);
        await stream.SendAsync(RawHop.Reserve());
        await stream.ReceiveAsync(1); // the grant is made by then
        stream.Reset();
        await RelayHost.HandlersHaveEndedAsync();
    }
}
