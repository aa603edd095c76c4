using System.Net;
using System.Net.Sockets;
using Relay.Circuit;
using Relay.Libp2p;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Tests.Nodes;

/// <summary>The connections to relays: those that lead nowhere, those that are not needed any more, and those that are lost.</summary>
internal sealed class RelayConnectionTests(bool peersServe) : AutoRelayTest(peersServe)
{
    private Task<RelayNode> StartClosedRelayAsync() => StartAsync(CreateConfig(), builder => builder.WithMembership(new StaticMembershipSource([])));

    private static void NeverAgain(Config config) =>
        config.Connection.AutoRelay.RetryBackOff = config.Connection.AutoRelay.MaxRetryBackOff = TimeSpan.FromHours(1);

    [Test]
    public async Task No_connection_is_left_to_relays_that_refuse()
    {
        RelayNode[] closed = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => StartClosedRelayAsync()));
        RelayNode node = await StartSeekerAsync(closed.Select(relay => relay.ListenAddresses[0]), wanted: 2, NeverAgain);
        await Eventually.EqualsAsync(6, () => node.Relays.Known.Count(known => known.Refusal == Status.PermissionDenied), "the refusals");

        await Eventually.EqualsAsync(0, () => node.Connections.Count, "the connections of the node");
        await Eventually.EqualsAsync(0, () => closed.Sum(relay => relay.Connections.Count), "the connections of the relays");
    }

    [Test]
    public async Task What_the_application_has_connected_to_stays_connected()
    {
        RelayNode closed = await StartClosedRelayAsync();
        RelayNode another = await StartClosedRelayAsync();
        RelayNode node = await StartPeerAsync();
        Connection own = await node.DialAsync(closed.ListenAddresses[0]).InTime();

        foreach (RelayNode relay in (RelayNode[])[closed, another])
            Assert.ThrowsAsync<RelayException>(() => node.Relays.ReserveAsync(relay.ListenAddresses[0]).InTime());

        await Eventually.EqualsAsync(1, () => node.Connections.Count, "the connections");
        Assert.That(node.Connections.Single(), Is.SameAs(own));
        await node.PingAsync(closed.PeerId).InTime();
    }

    [Test]
    public async Task When_a_reservation_is_over_and_nobody_renews_it_so_is_the_connection()
    {
        var time = new ManualTimeProvider();
        RelayNode relay = await StartAsync(
            CreateConfig(service => (service.NetworkOnly, service.ReservationTtl) = (false, TimeSpan.FromSeconds(8))), builder => builder.WithTimeProvider(time));
        RelayNode node = await StartPeerAsync(supply: builder => builder.WithTimeProvider(time));
        await node.Relays.ReserveAsync(relay.ListenAddresses[0]).InTime();
        await node.PingAsync(relay.PeerId).InTime();
        Connection connection = node.Connections.Single();

        time.Advance(TimeSpan.FromSeconds(8));

        await connection.Closed.InTime();
        Assert.That(connection.CloseReason!.Message, Does.Contain("closed here"));
    }

    [Test]
    public async Task An_address_that_swallows_everything_costs_a_moment()
    {
        var time = new ManualTimeProvider();
        using var blackHole = new TcpListener(IPAddress.Loopback, 0);
        blackHole.Start();
        RelayNode relay = await StartAsync(CreateConfig(service => service.NetworkOnly = false), builder => builder.WithTimeProvider(time));
        RelayNode node = await StartSeekerAsync(
            [AddressOf(blackHole.LocalEndpoint, relay.PeerId), relay.ListenAddresses[0]], supply: builder => builder.WithTimeProvider(time));
        using TcpClient swallowed = await blackHole.AcceptTcpClientAsync().InTime();
        await time.TimerIsArmedAsync(TimeSpan.FromMilliseconds(250));
        Assert.That(node.Relays.Known.Single().State, Is.EqualTo(RelayState.Reserving));

        time.Advance(TimeSpan.FromMilliseconds(250));

        await HoldsAsync(node, relay);
        Assert.That(node.Relays.Addresses, Is.EqualTo(new[] { Through(relay, node) }));
        Assert.That(node.Connections, Has.Count.EqualTo(1));
        await swallowed.GetStream().CopyToAsync(Stream.Null).InTime(); // what was tried in vain is closed
    }

    [Test]
    public async Task Addresses_that_fail_cost_nothing()
    {
        var time = new ManualTimeProvider();
        RelayNode relay = await StartAsync(CreateConfig(service => service.NetworkOnly = false), builder => builder.WithTimeProvider(time));
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        EndPoint nobody = closed.LocalEndpoint;
        closed.Stop();
        RelayNode somebodyElse = await StartOpenRelayAsync();
        RelayNode node = await StartSeekerAsync(
            [AddressOf(nobody, relay.PeerId), somebodyElse.ListenAddresses[0].WithoutPeerId()!.WithPeerId(relay.PeerId), relay.ListenAddresses[0]],
            supply: builder => builder.WithTimeProvider(time));
        await HoldsAsync(node, relay);
    }

    [Test]
    public async Task When_no_address_works_the_failure_says_why()
    {
        RelayNode somebodyElse = await StartOpenRelayAsync();
        RelayNode node = await StartSeekerAsync([somebodyElse.ListenAddresses[0].WithoutPeerId()!.WithPeerId(Peers.Member)], configure: NeverAgain);
        await Eventually.TrueAsync(() => node.Relays.Known.Single() is { State: RelayState.Waiting, Reason: RelayReason.Unreachable, Detail: not null }, "the failure");
    }

    [Test]
    public async Task When_a_relay_drains_another_one_is_found_at_once()
    {
        RelayNode[] relays = [await StartOpenRelayAsync(), await StartOpenRelayAsync()];
        RelayNode node = await StartSeekerAsync(relays.Select(relay => relay.ListenAddresses[0]));
        await Eventually.EqualsAsync(1, () => node.Relays.Addresses.Count, "the relays held");
        RelayNode drained = relays.Single(relay => relay.PeerId == node.Relays.Known[0].Relay);
        RelayNode other = relays.Single(relay => relay != drained);
        ServeEcho(node);
        RelayNode source = await StartPeerAsync();
        await using MuxedStream open = await source.OpenStreamAsync(Through(drained, node), Echo, allowLimited: true).InTime();
        await Eventually.TrueAsync(() => node.Connections.Any(connection => !connection.IsRelayed && connection.RemoteIdentity is not null), "that the relay is known");
        await Eventually.TrueAsync(
            () => drained.Connections.Single(connection => connection.RemotePeer == node.PeerId).RemoteIdentity is not null, "that the node is known to it");

        Task<bool> drain = drained.DrainAsync(TimeSpan.FromMinutes(1));

        await HoldsAsync(node, other);
        Assert.That(node.Relays.Known.Single(known => known.Relay == drained.PeerId).State, Is.EqualTo(RelayState.Leaving), "its circuits run on");
        Assert.That(node.Relays.Addresses, Is.EqualTo(new[] { Through(other, node) }), "nobody can dial through the one that drains");
        Assert.That(drain.IsCompleted, Is.False);
        await open.WriteAsync("hello"u8.ToArray()).InTime();
        var echoed = new byte[5];
        await open.ReadExactlyAsync(echoed).AsTask().InTime();
        Assert.That(echoed, Is.EqualTo("hello"u8.ToArray()), "the circuit goes on");
        await source.StopAsync().InTime();
        Assert.That(await drain.InTime(), Is.True);
        Assert.That(node.Relays.Addresses, Is.EqualTo(new[] { Through(other, node) }));
    }

    [Test]
    public async Task Who_was_evicted_knows_at_once_and_is_reachable_again_as_soon_as_it_is_readmitted()
    {
        var identity = IdentityKey.Generate();
        var banned = new NetworkOnlyAcl();
        banned.ReplaceMembers([]);
        RelayNode relay = await StartBanningAsync(banned, identity.PeerId);
        RelayNode node = await StartSeekerAsync(relay.ListenAddresses, supply: builder => builder.WithIdentity(identity));
        await HoldsAsync(node, relay);
        await IsQuietAsync(relay, node);

        banned.ReplaceMembers([identity.PeerId]);

        // Much sooner than it would renew: it comes back, as after any connection that is lost, is refused, and says so.
        await Eventually.TrueAsync(() => node.Relays.Known.Single() is { State: RelayState.Waiting, Refusal: Status.PermissionDenied }, "the refusal");
        Assert.That((node.Relays.Addresses.Count, relay.Counts.Reservations), Is.EqualTo((0, 0)));
        banned.ReplaceMembers([]);
        await HoldsAsync(node, relay);
        Assert.That(relay.Counts.Reservations, Is.EqualTo(1));
    }

    [Test]
    public async Task Who_is_evicted_by_a_word_of_the_operator_comes_back()
    {
        RelayNode relay = await StartOpenRelayAsync();
        RelayNode node = await StartSeekerAsync(relay.ListenAddresses);
        await HoldsAsync(node, relay);
        await IsQuietAsync(relay, node);
        Connection reserved = node.Connections.Single();

        Assert.That(relay.Relay!.Evict(node.PeerId, "a test").HadReservation, Is.True);

        await reserved.Closed.InTime();
        await Eventually.EqualsAsync(1, () => relay.Counts.Reservations, "the reservations");
        await HoldsAsync(node, relay);
    }

    [Test]
    public async Task Who_is_evicted_while_it_has_a_circuit_open_keeps_that_and_learns_of_it_when_it_renews()
    {
        var identity = IdentityKey.Generate();
        var banned = new NetworkOnlyAcl();
        banned.ReplaceMembers([]);
        RelayNode relay = await StartBanningAsync(banned, identity.PeerId, service => service.ReservationTtl = TimeSpan.FromSeconds(3));
        RelayNode node = await StartSeekerAsync(relay.ListenAddresses, supply: builder => builder.WithIdentity(identity));
        await HoldsAsync(node, relay);
        ServeEcho(node);
        RelayNode source = await StartPeerAsync();
        await using MuxedStream open = await source.OpenStreamAsync(Through(relay, node), Echo, allowLimited: true).InTime();
        Connection reserved = node.Connections.Single(connection => !connection.IsRelayed);

        banned.ReplaceMembers([identity.PeerId]);

        await Eventually.TrueAsync(() => node.Relays.Known.Single() is { Refusal: Status.PermissionDenied }, "that it knows");
        await open.WriteAsync("hello"u8.ToArray()).InTime();
        await open.ReadExactlyAsync(new byte[5]).AsTask().InTime();
        Assert.That((reserved.Closed.IsCompleted, relay.Counts.Reservations), Is.EqualTo((false, 0)));
    }

    private Task<RelayNode> StartBanningAsync(NetworkOnlyAcl banned, PeerId member, Action<RelayServiceConfig>? configure = null) => StartAsync(
        CreateConfig(service =>
        {
            service.OnMembershipLoss = MembershipLoss.Evict;
            configure?.Invoke(service);
        }),
        builder => builder.WithMembership(new StaticMembershipSource([member])).WithAcl(AclRules.None.DenyMembers(banned)));

    /// <summary>Both have said who they are and where they are reached, and nothing more is to be said.</summary>
    private static Task IsQuietAsync(RelayNode relay, RelayNode node) => Eventually.TrueAsync(
        () => relay.Connections.Single(connection => connection.RemotePeer == node.PeerId) is { StreamCount: 0, RemoteIdentity: { } identity }
            && identity.ListenAddresses.Any(address => address.IsCircuit)
            && node.Connections.All(connection => connection is { RemoteIdentity: not null, StreamCount: 0 }),
        "that the two have said who they are");

    [Test]
    public async Task When_the_connection_it_reserved_on_ends_and_another_is_left_it_reserves_on_that()
    {
        RelayNode relay = await StartOpenRelayAsync();
        Config config = CreateConfig(service => service.Disabled = true);
        config.Connection.AutoRelay.StaticRelays.Add(relay.ListenAddresses[0].ToString());
        RelayNode node = Build(config);
        using var metrics = new RecordingMeter(node.Telemetry);
        await node.StartAsync().InTime();
        await HoldsAsync(node, relay);
        Connection reserved = node.Connections.Single();
        await relay.DialAsync(node.ListenAddresses[0].WithoutPeerId()!).InTime();
        await Eventually.EqualsAsync(2, () => node.Connections.Count, "the connections");

        reserved.Abort();

        await Eventually.EqualsAsync(1, () => metrics["relay.client.requests{result=renewed}"], "the renewals");
        Assert.That((node.Relays.Addresses.Count, relay.Counts.Reservations), Is.EqualTo((1, 1)));
        Assert.That(metrics["relay.client.losses{reason=connection_lost}"], Is.Zero);
        node.Connections.Single().Abort();
        await Eventually.EqualsAsync(1, () => metrics["relay.client.losses{reason=connection_lost}"], "the losses");
        await HoldsAsync(node, relay);
    }

    private static Multiaddress AddressOf(EndPoint endpoint, PeerId peer) => Multiaddress.FromEndPoint((IPEndPoint)endpoint).WithPeerId(peer);
}
