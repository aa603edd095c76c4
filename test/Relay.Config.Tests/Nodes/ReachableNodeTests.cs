using System.Net;
using Relay.Circuit;
using Relay.Libp2p;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Tests.Nodes;

/// <summary>A node that nobody can dial stays reachable: it seeks relays, keeps them, and replaces them.</summary>
internal sealed class ReachableNodeTests(bool peersServe) : AutoRelayTest(peersServe)
{
    [Test]
    public async Task A_node_is_reached_through_the_relay_it_was_configured_with()
    {
        RelayNode relay = await StartOpenRelayAsync();
        RelayNode node = await StartSeekerAsync(relay.ListenAddresses);
        ServeEcho(node);
        await HoldsAsync(node, relay);

        Assert.That(node.Relays.Addresses, Is.EqualTo(new[] { Through(relay, node) }));
        Assert.That(node.AdvertisedAddresses, Does.Contain(Through(relay, node)));
        await ReachesAsync(await StartPeerAsync(), node.Relays.Addresses[0]);
    }

    [Test]
    public async Task Of_several_relays_as_many_are_used_as_are_wanted()
    {
        RelayNode[] relays = [await StartOpenRelayAsync(), await StartOpenRelayAsync(), await StartOpenRelayAsync()];
        RelayNode node = await StartSeekerAsync(relays.SelectMany(relay => relay.ListenAddresses), wanted: 2);
        await Eventually.EqualsAsync(2, () => node.Relays.Known.Count(known => known.State == RelayState.Reserved), "the relays held");
        await Eventually.EqualsAsync(2, () => relays.Sum(relay => relay.Counts.Reservations), "the reservations on all relays");
        Assert.That(relays.Sum(relay => relay.Relay!.Counts.Reservations), Is.EqualTo(2));
        Assert.That(node.Relays.Known.Count(known => known.State == RelayState.Candidate), Is.EqualTo(1));
    }

    [Test]
    public async Task Connected_peers_are_told_when_relays_are_gained_and_lost()
    {
        RelayNode relay = await StartOpenRelayAsync();
        RelayNode friend = await StartPeerAsync();
        RelayNode node = await StartSeekerAsync(relay.ListenAddresses, supply: null);
        Connection toNode = await friend.DialAsync(node.ListenAddresses[0]).InTime();
        Multiaddress behind = relay.ListenAddresses[0].Encapsulate(Multiaddress.Parse("/p2p-circuit"));
        await Eventually.TrueAsync(() => toNode.RemoteIdentity?.ListenAddresses.Contains(behind) == true, "the friend knows the address behind the relay");

        await relay.StopAsync().InTime();

        await Eventually.TrueAsync(() => !toNode.RemoteIdentity!.ListenAddresses.Contains(behind), "the friend knows that it is gone");
        Assert.That(toNode.RemoteIdentity!.ListenAddresses, Is.Not.Empty, "the node's own address stays");
        await relay.StartAsync().InTime();
    }

    [Test]
    public async Task A_relay_never_passes_on_an_address_that_goes_through_another_relay()
    {
        RelayNode relay = await StartOpenRelayAsync();
        RelayNode middle = await StartOpenRelayAsync();
        await middle.Relays.ReserveAsync(relay.ListenAddresses[0]).InTime();

        Reservation reservation = await (await StartPeerAsync()).Relays.ReserveAsync(middle.ListenAddresses[0]).InTime();

        Assert.That(middle.AdvertisedAddresses, Has.Some.Matches<Multiaddress>(address => address.IsCircuit));
        Assert.That(reservation.Addresses, Is.EqualTo(middle.ListenAddresses));
    }

    [Test]
    public async Task When_the_relay_was_restarted_the_node_is_reached_again()
    {
        var identity = IdentityKey.Generate();
        RelayNode before = await StartRelayAgainAsync(identity, 0);
        Multiaddress address = before.ListenAddresses[0];
        RelayNode node = await StartSeekerAsync([address]);
        ServeEcho(node);
        await HoldsAsync(node, before);
        await before.DisposeAsync().AsTask().InTime();
        await Eventually.EqualsAsync(0, () => node.Relays.Addresses.Count, "what it says it is reached at");

        RelayNode after = await StartRelayAgainAsync(identity, PortOf(address));

        await HoldsAsync(node, after);
        await ReachesAsync(await StartPeerAsync(), node.Relays.Addresses[0]);
        Assert.That(after.Counts.Reservations, Is.EqualTo(1));
    }

    [Test]
    public async Task When_only_the_connection_was_lost_it_is_made_again()
    {
        RelayNode relay = await StartOpenRelayAsync();
        RelayNode node = await StartSeekerAsync(relay.ListenAddresses);
        await HoldsAsync(node, relay);
        for (int i = 0; i < 3; i++)
        {
            Connection lost = node.Connections.Single();
            lost.Abort();
            await Eventually.TrueAsync(() => node.Connections.Any(connection => connection != lost), "a new connection");
            await HoldsAsync(node, relay);
            await Eventually.EqualsAsync(1, () => relay.Counts.Reservations, "the reservations of the relay");
        }
    }

    [Test]
    public async Task A_node_that_was_refused_is_reached_once_it_is_a_member()
    {
        PeerId[] members = [];
        var source = new DelegateMembershipSource(
            MembershipKind.Authoritative, _ => ValueTask.FromResult<IEnumerable<PeerId>>(Volatile.Read(ref members)));
        RelayNode relay = await StartAsync(CreateConfig(), builder => builder.WithMembership(source));
        RelayNode node = await StartSeekerAsync(relay.ListenAddresses);
        ServeEcho(node);
        await Eventually.TrueAsync(() => node.Relays.Known[0].Failures > 2, "it was refused several times");
        Assert.That((node.Relays.Known[0].Reason, node.Relays.Known[0].Refusal), Is.EqualTo((RelayReason.Refused, Status.PermissionDenied)));
        Assert.That(node.Relays.Addresses, Is.Empty);

        Volatile.Write(ref members, [node.PeerId]);
        source.NotifyChanged();

        await HoldsAsync(node, relay);
        await ReachesAsync(await StartPeerAsync(), node.Relays.Addresses[0]);
    }

    [Test]
    public async Task With_the_default_waits_it_is_reached_within_twelve_seconds_of_becoming_a_member()
    {
        var time = new ManualTimeProvider();
        PeerId[] members = [];
        var source = new DelegateMembershipSource(
            MembershipKind.Authoritative, _ => ValueTask.FromResult<IEnumerable<PeerId>>(Volatile.Read(ref members)));
        RelayNode relay = await StartAsync(CreateConfig(), builder => builder.WithMembership(source));
        RelayNode node = await StartPeerAsync(
            config => config.Connection.AutoRelay.StaticRelays.Add(relay.ListenAddresses[0].ToString()), builder => builder.WithTimeProvider(time));
        for (int refusals = 1; refusals <= 10; refusals++)
        {
            await Eventually.TrueAsync(() => node.Relays.Known[0] is { State: RelayState.Waiting } known && known.Failures == refusals, "the refusal");
            if (refusals < 10)
                time.Advance(TimeSpan.FromSeconds(12));
        }

        Volatile.Write(ref members, [node.PeerId]);
        source.NotifyChanged();
        await Eventually.EqualsAsync(1, () => relay.Membership!.MemberCount, "the members that the relay knows");
        Assert.That(relay.Relay!.Counts.Reservations, Is.Zero);
        time.Advance(TimeSpan.FromSeconds(12));

        await HoldsAsync(node, relay);
    }

    [Test]
    public async Task Who_is_refused_by_one_relay_goes_to_another()
    {
        RelayNode closed = await StartAsync(CreateConfig(), builder => builder.WithMembership(new StaticMembershipSource([])));
        RelayNode open = await StartOpenRelayAsync();
        for (int i = 0; i < 4; i++)
        {
            RelayNode node = await StartSeekerAsync([closed.ListenAddresses[0], open.ListenAddresses[0]]);
            await HoldsAsync(node, open);
        }
    }

    [Test]
    public async Task Of_two_relays_one_dies_and_the_node_is_reached_through_the_other_all_the_time()
    {
        var identity = IdentityKey.Generate();
        RelayNode mortal = await StartRelayAgainAsync(identity, 0);
        RelayNode other = await StartOpenRelayAsync();
        Multiaddress address = mortal.ListenAddresses[0];
        RelayNode node = await StartSeekerAsync([address, other.ListenAddresses[0]], wanted: 2);
        ServeEcho(node);
        await HoldsAsync(node, mortal, other);
        await using var prober = new Prober(await StartPeerAsync(), () => Through(other, node), ReachesAsync);

        await mortal.DisposeAsync().AsTask().InTime();
        await HoldsAsync(node, other);
        await prober.MoreAsync(5);
        Assert.That(node.Relays.Addresses, Is.EqualTo(new[] { Through(other, node) }));
        RelayNode again = await StartRelayAgainAsync(identity, PortOf(address));

        await HoldsAsync(node, again, other);
        await prober.MoreAsync(5);
        await ReachesAsync(await StartPeerAsync(), Through(again, node));
        Assert.That(prober.Failures, Is.Empty);
    }

    [Test]
    public async Task Reservations_of_a_few_seconds_are_renewed_for_many_periods_without_a_gap()
    {
        var time = new ManualTimeProvider();
        RelayNode relay = await StartAsync(
            CreateConfig(service => (service.NetworkOnly, service.ReservationTtl, service.MaxDuration) = (false, TimeSpan.FromSeconds(8), null)),
            builder => builder.WithTimeProvider(time));
        RelayNode node = await StartSeekerAsync(relay.ListenAddresses, supply: builder => builder.WithTimeProvider(time));
        ServeEcho(node);
        await HoldsAsync(node, relay);
        DateTimeOffset first = node.Relays.Known[0].Expiration!.Value;
        await using var prober = new Prober(await StartPeerAsync(), () => Through(relay, node), ReachesAsync);

        // Time goes on only when what was to be done by now is done, and somebody has dialed since: what is slow is the machine, and not the node.
        for (int i = 0; i < 160; i++)
        {
            await prober.MoreAsync(1);
            time.Advance(TimeSpan.FromMilliseconds(500));
            await Eventually.TrueAsync(() => node.Relays.Known[0] is { State: RelayState.Reserved } known && known.NextRequest > time.GetUtcNow(), "the renewal");
        }

        Assert.That(node.Relays.Known[0].Expiration - first, Is.GreaterThan(TimeSpan.FromSeconds(70)), "about ten times the lifetime of one");
        Assert.That(prober.Failures, Is.Empty);
        Assert.That(prober.Count, Is.GreaterThanOrEqualTo(160));
    }

    [Test]
    public async Task Sixty_four_peers_reach_it_at_once()
    {
        RelayNode relay = await StartOpenRelayAsync();
        RelayNode node = await StartSeekerAsync(relay.ListenAddresses);
        await HoldsAsync(node, relay);
        var all = new TaskCompletionSource();
        int arrived = 0;
        node.Handle(Echo, async stream =>
        {
            // Nobody is answered before everybody is there.
            if (Interlocked.Increment(ref arrived) == 64)
                all.SetResult();
            await all.Task.InTime();
            await stream.CopyToAsync(stream);
            await stream.CloseWriteAsync();
        });
        RelayNode[] sources = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => StartPeerAsync()));

        await Task.WhenAll(sources.Select(source => ReachesAsync(source, node.Relays.Addresses[0]))).InTime();

        Assert.That(arrived, Is.EqualTo(64));
    }

    [Test]
    public async Task A_public_node_and_one_that_was_told_not_to_seek_no_relays([Values] bool isPublic)
    {
        RelayNode relay = await StartOpenRelayAsync();
        RelayNode node = await StartSeekerAsync(relay.ListenAddresses, configure: config =>
        {
            config.Connection.Reachability = isPublic ? Reachability.Public : Reachability.Unknown;
            config.Connection.AutoRelay.Enabled = isPublic;
        });
        RelayNode seeker = await StartSeekerAsync(relay.ListenAddresses, configure: config => config.Connection.Reachability = Reachability.Unknown);
        await HoldsAsync(seeker, relay);

        Assert.That((node.Relays.Known.Count, node.Connections.Count), Is.EqualTo((0, 0)));
        await node.Relays.ReserveAsync(relay.ListenAddresses[0]).InTime();
        Assert.That(node.Relays.Addresses, Is.EqualTo(new[] { Through(relay, node) }), "the application may all the same");
    }

    [Test]
    public async Task A_node_that_is_stopped_gives_its_relays_up_and_finds_them_again_when_it_is_started()
    {
        RelayNode relay = await StartOpenRelayAsync();
        RelayNode node = await StartSeekerAsync(relay.ListenAddresses);
        await HoldsAsync(node, relay);

        await node.StopAsync().InTime();
        Assert.That((node.Relays.Addresses.Count, node.Relays.Known.Single().State), Is.EqualTo((0, RelayState.Candidate)));
        await Eventually.EqualsAsync(0, () => relay.Counts.Reservations, "the reservations of the relay");

        await node.StartAsync().InTime();
        await HoldsAsync(node, relay);
    }

    [Test]
    public async Task A_relay_that_never_answers_does_not_keep_a_node_from_stopping()
    {
        using var silent = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var address = Multiaddress.Parse($"/ip4/127.0.0.1/tcp/{((IPEndPoint)silent.LocalEndpoint).Port}/p2p/{Peers.Member}");
        RelayNode node = await StartSeekerAsync([address]);
        await Eventually.TrueAsync(() => node.Relays.Known[0].State == RelayState.Reserving, "it is being asked");
        await node.DisposeAsync().AsTask().InTime();
    }

    private static int PortOf(Multiaddress address) => address.TryGetEndPoint(out IPEndPoint? endpoint) ? endpoint.Port : 0;
}
