using Relay.Circuit;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Tests.Nodes;

/// <summary>Members only, over real sockets: the handshakes EdgeVPN tests of its own relay, and what ours does beyond them.</summary>
[TestFixture]
internal sealed class NetworkOnlyRelayTests : NodeTest
{
    [Test]
    public async Task Anyone_reserves_while_the_bootstrap_window_is_open()
    {
        RelayNode relay = await StartAsync(CreateConfig(), builder => builder.WithAcl(new NetworkOnlyAcl()));
        Reservation reservation = await (await StartPeerAsync()).Relays.ReserveAsync(relay.ListenAddresses[0]).InTime();
        Assert.That(reservation.Relay, Is.EqualTo(relay.PeerId));
    }

    [Test]
    public async Task A_member_gets_a_reservation_with_a_voucher_bound_to_it()
    {
        RelayNode member = await StartPeerAsync();
        RelayNode relay = await StartAsync(CreateConfig(), builder => builder.WithMembership(new StaticMembershipSource([member.PeerId])));

        Reservation reservation = await member.Relays.ReserveAsync(relay.ListenAddresses[0]).InTime();

        Assert.Multiple(() =>
        {
            Assert.That(reservation.Voucher, Is.EqualTo(new ReservationVoucher(relay.PeerId, member.PeerId, reservation.Expiration)));
            Assert.That(reservation.Limit, Is.EqualTo(new CircuitLimit(TimeSpan.FromMinutes(30), 1L << 30)));
            Assert.That(reservation.Addresses, Is.EqualTo(relay.ListenAddresses));
            Assert.That(relay.Counts.Reservations, Is.EqualTo(1));
        });
    }

    [Test]
    public async Task A_stranger_is_refused_on_the_wire()
    {
        RelayNode relay = await StartAsync(CreateConfig(), builder => builder.WithMembership(new StaticMembershipSource([])));
        RelayNode stranger = await StartPeerAsync();
        RelayException? refusal = Assert.ThrowsAsync<RelayException>(() => stranger.Relays.ReserveAsync(relay.ListenAddresses[0]).InTime());
        Assert.That(refusal!.Status, Is.EqualTo(Status.PermissionDenied));
    }

    [Test]
    public async Task Who_joins_is_admitted_and_who_leaves_is_not_renewed()
    {
        RelayNode peer = await StartPeerAsync();
        PeerId[] members = [];
        var source = new DelegateMembershipSource(
            MembershipKind.Authoritative, _ => ValueTask.FromResult<IEnumerable<PeerId>>(Volatile.Read(ref members)));
        RelayNode relay = await StartAsync(CreateConfig(), builder => builder.WithMembership(source));
        Multiaddress address = relay.ListenAddresses[0];
        Assert.That(Assert.ThrowsAsync<RelayException>(() => peer.Relays.ReserveAsync(address).InTime())!.Status, Is.EqualTo(Status.PermissionDenied));

        Volatile.Write(ref members, [peer.PeerId]);
        source.NotifyChanged();
        await Eventually.EqualsAsync(1, () => relay.Membership!.MemberCount, "the members");
        await peer.Relays.ReserveAsync(address).InTime();

        Volatile.Write(ref members, []);
        source.NotifyChanged();
        await Eventually.EqualsAsync(0, () => relay.Membership!.MemberCount, "the members");
        Assert.That(Assert.ThrowsAsync<RelayException>(() => peer.Relays.ReserveAsync(address).InTime())!.Status, Is.EqualTo(Status.PermissionDenied));
        Assert.That(relay.Counts.Reservations, Is.EqualTo(1), "the reservation there was stays until it expires, as EdgeVPN's does");
    }

    [Test]
    public async Task A_stranger_connects_to_a_member()
    {
        RelayNode member = await StartPeerAsync();
        RelayNode stranger = await StartPeerAsync();
        RelayNode relay = await StartAsync(CreateConfig(), builder => builder.WithMembership(new StaticMembershipSource([member.PeerId])));
        await member.Relays.ReserveAsync(relay.ListenAddresses[0]).InTime();
        Assert.That((await stranger.DialAsync(Through(relay, member)).InTime()).RemotePeer, Is.EqualTo(member.PeerId));
    }

    [Test]
    public async Task A_stranger_does_not_connect_when_connecting_is_for_members_only()
    {
        RelayNode[] members = [await StartPeerAsync(), await StartPeerAsync()];
        RelayNode stranger = await StartPeerAsync();
        RelayNode relay = await StartAsync(
            CreateConfig(service => service.ConnectPolicy = ConnectPolicy.MembersOnly),
            builder => builder.WithMembership(new StaticMembershipSource(members.Select(member => member.PeerId))));
        await members[0].Relays.ReserveAsync(relay.ListenAddresses[0]).InTime();

        RelayException? refusal = Assert.ThrowsAsync<RelayException>(() => stranger.DialAsync(Through(relay, members[0])).InTime());
        Assert.That(refusal!.Status, Is.EqualTo(Status.PermissionDenied));
        Assert.That((await members[1].DialAsync(Through(relay, members[0])).InTime()).RemotePeer, Is.EqualTo(members[0].PeerId));
    }

    [Test]
    public async Task Who_leaves_the_network_loses_reservation_and_circuits_when_told_so()
    {
        RelayNode member = await StartPeerAsync();
        RelayNode source = await StartPeerAsync();
        PeerId[] members = [member.PeerId];
        var membership = new DelegateMembershipSource(
            MembershipKind.Authoritative, _ => ValueTask.FromResult<IEnumerable<PeerId>>(Volatile.Read(ref members)));
        RelayNode relay = await StartAsync(
            CreateConfig(service =>
            {
                service.OnMembershipLoss = MembershipLoss.Drain;
                service.MembershipLossDrain = TimeSpan.Zero;
            }),
            builder => builder.WithMembership(membership));
        await member.Relays.ReserveAsync(relay.ListenAddresses[0]).InTime();
        await source.DialAsync(Through(relay, member)).InTime();

        Volatile.Write(ref members, []);
        membership.NotifyChanged();

        await Eventually.EqualsAsync((0, 0), () => (relay.Counts.Reservations, relay.Counts.Circuits), "what the relay holds for the peer that left");
        await Eventually.EqualsAsync(false, () => source.Connections.Any(connection => connection.RemotePeer == member.PeerId), "the circuit");
    }

    [Test]
    public async Task Who_may_not_connect_does_not_learn_who_holds_a_reservation()
    {
        RelayNode member = await StartPeerAsync();
        RelayNode stranger = await StartPeerAsync();
        RelayNode relay = await StartAsync(
            CreateConfig(),
            builder => builder.WithMembership(new StaticMembershipSource([member.PeerId])).WithAcl(new NoConnects()));
        await member.Relays.ReserveAsync(relay.ListenAddresses[0]).InTime();

        Status? toHolder = Assert.ThrowsAsync<RelayException>(() => stranger.DialAsync(Through(relay, member)).InTime())!.Status;
        Status? toNobody = Assert.ThrowsAsync<RelayException>(() => member.DialAsync(Through(relay, stranger)).InTime())!.Status;

        Assert.That((toHolder, toNobody), Is.EqualTo(((Status?)Status.PermissionDenied, (Status?)Status.PermissionDenied)));
    }

    [Test]
    public void An_authoritative_source_that_cannot_be_read_keeps_the_node_from_starting()
    {
        RelayNode relay = Build(
            CreateConfig(), builder => builder.WithMembership(new FileMembershipSource(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()))));
        Assert.ThrowsAsync<MembershipException>(() => relay.StartAsync().InTime());
        Assert.That(relay.ListenAddresses, Is.Empty);
    }

    private sealed class NoConnects : IRelayAclFilter
    {
        public AclVerdict AllowReserve(PeerId peer, Multiaddress address) => true;

        public AclVerdict AllowConnect(PeerId source, Multiaddress sourceAddress, PeerId destination) => false;
    }
}
