using Relay.Circuit;
using Relay.Settings;
using Relay.TestKit;

namespace Relay.Tests.Nodes;

/// <summary>New options for a node that runs.</summary>
internal sealed class ApplyTests : NodeTest
{
    [Test]
    public async Task Equal_options_change_nothing()
    {
        RelayNode node = await StartOpenRelayAsync();

        Assert.That(await node.ApplyAsync(CreateConfig(relay => relay.NetworkOnly = false).ToOptions()), Is.Empty);
    }

    [Test]
    public async Task The_limits_of_the_relay_change_at_once_and_stay_changed_over_a_restart()
    {
        RelayNode node = await StartOpenRelayAsync();

        IReadOnlyList<OptionChange> changes = await node.ApplyAsync(
            CreateConfig(relay => (relay.NetworkOnly, relay.MaxData, relay.MaxDuration) = (false, 4096, null)).ToOptions());

        Assert.That(changes, Is.EqualTo(new[]
        {
            new OptionChange("RelayServiceOption", "MaxData", "1GiB", "4KiB", IsApplied: true),
            new OptionChange("RelayServiceOption", "MaxDuration", "30m", "unlimited", IsApplied: true),
        }));
        Assert.That((node.Relay!.Options.MaxData, node.Relay.Options.MaxDuration), Is.EqualTo((4096, (TimeSpan?)null)));

        await node.StopAsync().InTime();
        await node.StartAsync().InTime();
        Assert.That(node.Relay!.Options.MaxData, Is.EqualTo(4096));
    }

    [Test]
    public async Task What_needs_a_new_node_is_said_each_time_until_there_is_one()
    {
        RelayNode node = await StartOpenRelayAsync();
        Config wanted = CreateConfig(relay => relay.NetworkOnly = false);
        wanted.Connection.MaxConnections = 7;

        Assert.That(await node.ApplyAsync(wanted.ToOptions()), Has.Count.EqualTo(1));
        Assert.That((await node.ApplyAsync(wanted.ToOptions())).Single().ToString(), Is.EqualTo(
            "ConnectionLimitsOption.MaxConnections: 1024 -> 7 (needs a restart)"));
    }

    [Test]
    public async Task An_option_that_comes_or_goes_needs_a_new_node()
    {
        RelayNode node = await StartOpenRelayAsync();

        IReadOnlyList<OptionChange> disabled = await node.ApplyAsync(CreateConfig(relay => relay.Disabled = true).ToOptions());
        IReadOnlyList<OptionChange> closed = await node.ApplyAsync(CreateConfig().ToOptions());

        Assert.That(disabled.Select(change => (change.Option, change.New, change.IsApplied)), Is.EqualTo(new[] { ("RelayServiceOption", (string?)null, false) }));
        Assert.That(closed.Select(change => (change.Option, change.Old, change.IsApplied)), Is.EqualTo(new[] { ("NetworkOnlyOption", (string?)null, false) }));
        Assert.That(node.Relay, Is.Not.Null);
        Assert.That(await ReserveAsync(node), Is.Not.Null, "the relay stays open");
    }

    [Test]
    public async Task A_reservation_outlives_the_change()
    {
        RelayNode node = await StartOpenRelayAsync();
        RelayNode member = await StartPeerAsync();
        await member.Relays.ReserveAsync(node.ListenAddresses[0]).InTime();

        await node.ApplyAsync(CreateConfig(relay => (relay.NetworkOnly, relay.MaxReservations) = (false, 1)).ToOptions());

        Assert.That(node.Counts.Reservations, Is.EqualTo(1));
        RelayException? refusal = Assert.ThrowsAsync<RelayException>(() => ReserveAsync(node));
        Assert.That(refusal!.Status, Is.EqualTo(Status.ReservationRefused));
    }

    [Test]
    public async Task A_new_refresh_interval_counts_from_now()
    {
        var time = new ManualTimeProvider();
        var source = new ScriptedSource(MembershipKind.Authoritative);
        RelayNode node = Build(CreateConfig(), builder => builder.WithMembership(source).WithTimeProvider(time));
        Task starting = node.StartAsync();
        (await source.NextReadAsync()).Returns(Peers.Member);
        await starting.InTime();

        IReadOnlyList<OptionChange> changes = await node.ApplyAsync(CreateConfig(relay => relay.NetworkOnlyRefresh = TimeSpan.FromSeconds(5)).ToOptions());
        Assert.That(changes.Single().IsApplied, Is.True);

        time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.That(source.HasRead, Is.False);
        time.Advance(TimeSpan.FromSeconds(0.1));
        (await source.NextReadAsync()).Returns(Peers.Member, Peers.Stranger);
        await Eventually.EqualsAsync(2, () => node.Membership!.MemberCount, "the members");
    }

    [Test]
    public void Options_with_one_kind_twice_are_refused()
    {
        RelayNode node = Build(CreateConfig(relay => relay.NetworkOnly = false));
        NodeOption[] twice = [.. node.Options, node.Options[0]];

        Assert.That(() => node.ApplyAsync(twice), Throws.ArgumentException);
    }

    [Test]
    public void That_only_members_may_connect_is_refused_where_nothing_knows_them()
    {
        RelayNode node = Build(CreateConfig(), builder => builder.WithAcl(AclRules.None.Allow(Peers.Member)));
        IReadOnlyList<NodeOption> before = node.Options;

        ConfigValidationException? refused = Assert.ThrowsAsync<ConfigValidationException>(
            () => node.ApplyAsync(CreateConfig(relay => (relay.ConnectPolicy, relay.MaxData) = (ConnectPolicy.MembersOnly, 4096)).ToOptions()));

        Assert.That(refused!.Errors.Single().Path, Is.EqualTo("Connection:RelayService:ConnectPolicy"));
        Assert.That(node.Options, Is.SameAs(before));
        Assert.That(node.Relay!.Options.MaxData, Is.Not.EqualTo(4096));
    }

    [Test]
    public async Task A_memory_budget_has_to_hold_with_what_is_in_force_or_nothing_changes()
    {
        RelayNode node = await StartOpenRelayAsync();
        IReadOnlyList<NodeOption> before = node.Options;
        Config wanted = CreateConfig(relay => (relay.NetworkOnly, relay.MaxCircuits) = (false, 5));
        (wanted.Connection.MaxConnections, wanted.Connection.MaxStreamsPerConnection) = (100, 8);
        wanted.Connection.RelayService.MemoryBudget = RelayBudget.WorstCase(wanted.ToOptions()).Total;

        ConfigValidationException? refused = Assert.ThrowsAsync<ConfigValidationException>(() => node.ApplyAsync(wanted.ToOptions()));

        Assert.That(refused!.Errors.Single().Path, Is.EqualTo("Connection:RelayService:MemoryBudget"));
        Assert.That(refused.Message, Does.Contain("Connection:MaxConnections (1024, and 100 only after a restart)")
            .And.Contain("Connection:MaxStreamsPerConnection (1024, and 8 only after a restart)"));
        Assert.That(node.Options, Is.SameAs(before));
        Assert.That(node.Relay!.Options.MaxCircuits, Is.EqualTo(64));
    }

    [TestCase(0, true)]
    [TestCase(-1, false)]
    public async Task A_memory_budget_that_is_just_enough_is_taken(int missing, bool isTaken)
    {
        RelayNode node = await StartOpenRelayAsync();
        Config wanted = CreateConfig(relay => relay.NetworkOnly = false);
        wanted.Connection.MaxStreamsPerConnection = 8; // so that it passes by itself
        wanted.Connection.RelayService.MemoryBudget = RelayBudget.WorstCase(node.Options).Total + missing;

        Assert.That(() => node.ApplyAsync(wanted.ToOptions()), isTaken ? Throws.Nothing : Throws.TypeOf<ConfigValidationException>());
    }

    [Test]
    public async Task More_circuits_may_leave_more_unread_at_once_and_fewer_do_from_the_next_start()
    {
        using var log = new RecordingLogger();
        RelayNode node = await StartAsync(CreateConfig(relay => relay.NetworkOnly = false), builder => builder.WithLoggerFactory(log));
        long before = node.MaxUnreadBytes;
        Config more = CreateConfig(relay => (relay.NetworkOnly, relay.MaxTotalCircuits) = (false, 2048));
        Config fewer = CreateConfig(relay => (relay.NetworkOnly, relay.MaxTotalCircuits) = (false, 64));
        fewer.Connection.RelayService.MemoryBudget = RelayBudget.WorstCase(fewer.ToOptions()).Total;

        await node.ApplyAsync(more.ToOptions());
        Assert.That(node.MaxUnreadBytes, Is.EqualTo(before + (1024 * 2 * (256L << 10))));
        Assert.That(log.Entries[^1].Message, Is.EqualTo($"Memory: {RelayBudget.WorstCase(more.ToOptions())}"));

        ConfigValidationException? refused = Assert.ThrowsAsync<ConfigValidationException>(() => node.ApplyAsync(fewer.ToOptions()));
        Assert.That(refused!.Message, Does.Contain("MemoryBudget").And.Contain("MaxTotalCircuits, which was higher"));

        await node.StopAsync().InTime();
        await node.ApplyAsync(fewer.ToOptions());
        await node.StartAsync().InTime();
        Assert.That(node.MaxUnreadBytes, Is.EqualTo(before - (960 * 2 * (256L << 10))));
    }

    [TestCase(ConnectPolicy.MembersOnly, MembershipLoss.Keep, ConnectPolicy.Anyone, MembershipLoss.Drain)]
    [TestCase(ConnectPolicy.Anyone, MembershipLoss.Drain, ConnectPolicy.MembersOnly, MembershipLoss.Keep)]
    public async Task A_change_of_two_rules_ends_no_circuit_that_both_old_and_new_ones_leave_alone(
        ConnectPolicy oldPolicy, MembershipLoss oldLoss, ConnectPolicy newPolicy, MembershipLoss newLoss)
    {
        var acl = new NetworkOnlyAcl();
        RelayNode relay = await StartAsync(CreateConfig(), builder => builder.WithAcl(acl));
        RelayNode destination = await StartPeerAsync();
        acl.ReplaceMembers([destination.PeerId]);
        destination.Handle("/wait/1.0.0", stream => stream.CopyToAsync(stream));
        await destination.Relays.ReserveAsync(relay.ListenAddresses[0]).InTime();
        RelayNode stranger = await StartPeerAsync();
        await stranger.OpenStreamAsync(Through(relay, destination), "/wait/1.0.0", allowLimited: true).InTime();
        Assert.That(relay.Counts.Circuits, Is.EqualTo(1));
        await relay.ApplyAsync(Rules(oldPolicy, oldLoss));
        Assert.That(relay.Counts.Circuits, Is.EqualTo(1));
        using RelaySubscription events = relay.Relay!.Subscribe();

        await relay.ApplyAsync(Rules(newPolicy, newLoss));
        await stranger.StopAsync().InTime();

        RelayEvent.CircuitClosed closed = await events.OfType<RelayEvent.CircuitClosed>().FirstAsync().AsTask().InTime();
        Assert.That(closed.Cause, Is.Not.EqualTo(CircuitEnd.Evicted));

        static IReadOnlyList<NodeOption> Rules(ConnectPolicy policy, MembershipLoss loss) => CreateConfig(service =>
            (service.ConnectPolicy, service.OnMembershipLoss, service.MembershipLossDrain) = (policy, loss, TimeSpan.Zero)).ToOptions();
    }

    [TestCaseSource(typeof(SettingsTable), nameof(SettingsTable.Rows))]
    public async Task A_setting_that_says_it_is_live_is(Setting row)
    {
        Assume.That(row.Path, Is.Not.AnyOf("MembersFile", "MembersApi", "MembersApiPeer", "DrainTimeout"), "is the host's");
        RelayNode node = Build(CreateConfig(), builder => builder.WithMembership(new StaticMembershipSource([])));
        var wanted = new HostSettings { Config = CreateConfig() };
        Action<HostSettings>? assign = row.Read("test", row.AcrossNegation(SettingsTableTests.Others[row.Path]), []);
        assign!(wanted);

        IReadOnlyList<OptionChange> changes = await node.ApplyAsync(wanted.Config.ToOptions());

        Assert.That(changes, Is.Not.Empty.And.All.Property(nameof(OptionChange.IsApplied)).EqualTo(row.IsLive));
    }

    private async Task<Reservation> ReserveAsync(RelayNode relay)
    {
        RelayNode peer = await StartPeerAsync();
        return await peer.Relays.ReserveAsync(relay.ListenAddresses[0]).InTime();
    }
}
