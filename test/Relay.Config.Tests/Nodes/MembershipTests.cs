using System.Diagnostics.Metrics;
using System.Net;
using Relay.Circuit;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Tests.Nodes;

/// <summary>Members that come and go, over real sockets: what the relay does for them at once, at the next refresh, and when they are lost.</summary>
[TestFixture]
internal sealed class MembershipTests : NodeTest
{
    [Test]
    public async Task A_join_and_a_revocation_that_are_pushed_count_at_once()
    {
        var ledger = new AliveLedger();
        RelayNode relay = await StartRelayAsync(ledger);
        ledger.Announce(Peers.Member, DateTimeOffset.UtcNow); // somebody, so that the window closes
        RelayNode peer = await StartPeerAsync();
        await Eventually.EqualsAsync(false, () => relay.Membership!.IsWindowOpen, "the window");
        Assert.That(await StatusOfReserveAsync(peer, relay), Is.EqualTo(Status.PermissionDenied));

        ledger.Announce(peer.PeerId, DateTimeOffset.UtcNow);
        await Eventually.EqualsAsync(3, () => relay.Membership!.MemberCount, "the members, the relay itself included");
        Assert.That(await StatusOfReserveAsync(peer, relay), Is.EqualTo(Status.Ok));

        ledger.Revoke(peer.PeerId);
        await Eventually.EqualsAsync(1L, () => relay.Membership!.Revoked, "the revocations");
        Assert.That(await StatusOfReserveAsync(peer, relay), Is.EqualTo(Status.PermissionDenied));
    }

    [Test]
    public async Task A_join_that_nobody_pushes_counts_within_one_refresh()
    {
        PeerId[] members = [Peers.Member];
        int reads = 0;
        var source = new DelegateMembershipSource(MembershipKind.Authoritative, _ =>
        {
            Interlocked.Increment(ref reads);
            return ValueTask.FromResult<IEnumerable<PeerId>>(Volatile.Read(ref members));
        });
        RelayNode peer = await StartPeerAsync();
        RelayNode relay = await StartRelayAsync(source, service => service.NetworkOnlyRefresh = TimeSpan.FromMilliseconds(100));

        Volatile.Write(ref members, [peer.PeerId]);
        int before = Volatile.Read(ref reads);
        await Eventually.TrueAsync(() => Volatile.Read(ref reads) > before + 1, "a refresh that began after the change and has ended");
        Assert.That(await StatusOfReserveAsync(peer, relay), Is.EqualTo(Status.Ok));
    }

    [TestCase(MembershipLoss.Keep, 1, 1)]
    [TestCase(MembershipLoss.Evict, 0, 1)]
    [TestCase(MembershipLoss.Drain, 0, 0)]
    public async Task A_lost_member_keeps_what_it_is_left(MembershipLoss loss, int reservations, int circuits)
    {
        var ledger = new AliveLedger();
        ledger.Announce(Peers.Member, DateTimeOffset.UtcNow);
        RelayNode member = await StartPeerAsync();
        RelayNode source = await StartPeerAsync();
        ledger.Announce(member.PeerId, DateTimeOffset.UtcNow);
        RelayNode relay = await StartRelayAsync(ledger, service => (service.OnMembershipLoss, service.MembershipLossDrain) = (loss, TimeSpan.Zero));
        await member.Relays.ReserveAsync(relay.ListenAddresses[0]).InTime();
        await source.DialAsync(Through(relay, member)).InTime();
        Assert.That((relay.Counts.Reservations, relay.Counts.Circuits), Is.EqualTo((1, 1)));

        ledger.Revoke(member.PeerId);
        await Eventually.EqualsAsync(1L, () => relay.Membership!.Revoked, "the revocation");
        await Eventually.EqualsAsync((reservations, circuits), () => (relay.Counts.Reservations, relay.Counts.Circuits), "what the lost member holds");
        Assert.That(await StatusOfReserveAsync(member, relay), Is.EqualTo(Status.PermissionDenied), "it is no member in any case");
    }

    [Test]
    public async Task Who_reserves_in_the_window_holds_it_for_as_long_as_is_configured()
    {
        RelayNode relay = await StartRelayAsync(new AliveLedger(), service => service.Membership.BootstrapReservationTtl = TimeSpan.FromMinutes(5));
        RelayNode stranger = await StartPeerAsync();

        DateTimeOffset before = DateTimeOffset.UtcNow;
        Reservation reservation = await stranger.Relays.ReserveAsync(relay.ListenAddresses[0]).InTime();

        Assert.That(reservation.Expiration, Is.LessThanOrEqualTo(DateTimeOffset.UtcNow.AddMinutes(5).AddSeconds(1)).And.GreaterThan(before.AddMinutes(4)));
    }

    [Test]
    public async Task A_rule_denies_a_member_and_a_rule_allows_who_is_none()
    {
        RelayNode member = await StartPeerAsync();
        RelayNode guest = await StartPeerAsync();
        var source = new StaticMembershipSource([member.PeerId]);
        RelayNode denying = await StartRelayAsync(source, acl: AclRules.None.Deny(member.PeerId));
        RelayNode allowing = await StartRelayAsync(source, acl: AclRules.None.Allow(new NetworkOnlyAcl()).Allow(IPNetwork.Parse("127.0.0.0/8")));
        RelayNode elsewhere = await StartRelayAsync(source, acl: AclRules.None.Allow(new NetworkOnlyAcl()).Allow(IPNetwork.Parse("192.0.2.0/24")));

        Assert.That(await StatusOfReserveAsync(member, denying), Is.EqualTo(Status.PermissionDenied));
        Assert.That(await StatusOfReserveAsync(guest, allowing), Is.EqualTo(Status.Ok));
        Assert.That((await StatusOfReserveAsync(member, elsewhere), await StatusOfReserveAsync(guest, elsewhere)), Is.EqualTo((Status.Ok, Status.PermissionDenied)));
    }

    [Test]
    public async Task A_membership_that_only_a_rule_knows_expels_as_well()
    {
        RelayNode peer = await StartPeerAsync();
        var banned = new NetworkOnlyAcl();
        banned.ReplaceMembers([]);
        RelayNode relay = await StartRelayAsync(
            new StaticMembershipSource([peer.PeerId]), service => service.OnMembershipLoss = MembershipLoss.Evict, AclRules.None.DenyMembers(banned));
        await peer.Relays.ReserveAsync(relay.ListenAddresses[0]).InTime();

        banned.ReplaceMembers([peer.PeerId]);

        await Eventually.EqualsAsync(0, () => relay.Counts.Reservations, "the reservation of who was banned");
    }

    [TestCase(true, "NetworkOnly is off")]
    [TestCase(false, "the relay service is disabled")]
    public async Task A_source_that_is_not_used_is_warned_about_and_hears_nothing_of_the_node(bool serves, string why)
    {
        using var log = new RecordingLoggerFactory();
        var ledger = new AliveLedger();
        Config config = CreateConfig(relay => (relay.Disabled, relay.NetworkOnly) = (!serves, !serves));
        await StartAsync(config, builder => builder.WithMembership(ledger).WithLoggerFactory(log));

        Assert.That(log.Entries.Single(entry => entry.Id == 4003).Text, Does.Contain(why));
        Assert.That((await ledger.ReadAsync(CancellationToken.None)).Members, Is.Empty);
    }

    [Test]
    public async Task A_source_that_cannot_be_unsubscribed_from_does_not_keep_the_node_from_being_disposed()
    {
        var source = new ScriptedSource(MembershipKind.Authoritative) { FailsToUnsubscribe = true };
        var members = new NetworkOnlyAcl();
        RelayNode relay = Build(CreateConfig(), builder => builder.WithMembership(source).WithAcl(members));
        Task starting = relay.StartAsync();
        (await source.NextReadAsync()).Returns(Peers.Member);
        await starting.InTime();
        RelayNode peer = await StartPeerAsync();
        await peer.DialAsync(relay.ListenAddresses[0]).InTime();

        Assert.That(() => relay.DisposeAsync().AsTask().InTime(), Throws.InvalidOperationException);

        Assert.That(() => relay.StartAsync().InTime(), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => members.ReplaceMembers([]), Throws.Nothing, "the source still owns the members");
        Assert.That(Published(relay), Is.Zero, "its instruments are still there");
        await Eventually.EqualsAsync(0, () => peer.Connections.Count, "the end of its connections");

        static int Published(RelayNode node)
        {
            int count = 0;
            using var listener = new MeterListener { InstrumentPublished = (instrument, _) => count += instrument.Meter == node.Telemetry.Meter ? 1 : 0 };
            listener.Start();
            return count;
        }
    }

    [Test]
    public async Task The_instruments_say_what_the_status_says()
    {
        var ledger = new AliveLedger();
        ledger.Announce(Peers.Member, DateTimeOffset.UtcNow);
        RelayNode relay = await StartRelayAsync(ledger);
        ledger.Revoke(Peers.Member);
        await Eventually.EqualsAsync(1L, () => relay.Membership!.Revoked, "the revocation");

        var values = new Dictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter == relay.Telemetry.Meter && instrument.Name.StartsWith("relay.acl.", StringComparison.Ordinal))
                own.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => values[NameOf(instrument, tags)] = value);
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => values[NameOf(instrument, tags)] = value);
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => values[NameOf(instrument, tags)] = value);
        listener.Start();
        listener.RecordObservableInstruments();

        Assert.That(values.Remove("relay.acl.source_age", out double age) && age >= 0, Is.True);
        Assert.That(values.Remove("relay.acl.silence", out double silence) && silence >= age, Is.True);
        Assert.That(values, Is.EquivalentTo(new Dictionary<string, double>
        {
            ["relay.acl.members"] = 1, // the relay itself
            ["relay.acl.window_open"] = 0,
            ["relay.acl.held_back"] = 0,
            ["relay.acl.refresh_failures"] = 0,
            ["relay.acl.invalid_entries"] = 0,
            ["relay.acl.changes joined"] = 2,
            ["relay.acl.changes left"] = 0,
            ["relay.acl.changes revoked"] = 1,
        }));

        static string NameOf(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) => tags.IsEmpty ? instrument.Name : $"{instrument.Name} {tags[0].Value}";
    }

    private Task<RelayNode> StartRelayAsync(IMembershipSource source, Action<RelayServiceConfig>? configure = null, IRelayAclFilter? acl = null) =>
        StartAsync(CreateConfig(configure), builder =>
        {
            builder.WithMembership(source);
            if (acl is not null)
                builder.WithAcl(acl);
        });

    private static async Task<Status> StatusOfReserveAsync(RelayNode peer, RelayNode relay)
    {
        try
        {
            await peer.Relays.ReserveAsync(relay.ListenAddresses[0]).InTime();
            return Status.Ok;
        }
        catch (RelayException refusal) when (refusal.Status is { } status)
        {
            return status;
        }
    }
}
