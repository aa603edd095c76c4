using System.Net;
using Relay.Circuit;
using Relay.TestKit;

namespace Relay.Tests.Nodes;

/// <summary>A relay for members only whose members the application says by hand, without a source.</summary>
[TestFixture]
internal sealed class HandFedMembersTests : NodeTest
{
    private const int WindowIsOpen = 3020;
    private const int WindowIsOpenFor = 3021;
    private const int WindowIsClosed = 3022;

    private ManualTimeProvider _time = null!;
    private RecordingLoggerFactory _log = null!;
    private NetworkOnlyAcl _members = null!;

    private IEnumerable<int> Told => _log.Ids.Where(id => id is >= 3000 and < 3100);

    [SetUp]
    public void Create() => (_time, _log, _members) = (new ManualTimeProvider(), new RecordingLoggerFactory(), new NetworkOnlyAcl());

    [TearDown]
    public void Release() => _log.Dispose();

    [Test]
    public async Task The_open_window_is_warned_about_once_and_shown_until_the_members_are_said()
    {
        RelayNode relay = await StartAsync(_members);
        Assert.That(Told, Is.EqualTo(new[] { WindowIsOpen }));
        Assert.That((relay.Membership!.IsWindowOpen, relay.Membership.MemberCount, Gauge(relay, "relay.acl.window_open")), Is.EqualTo((true, 0, 1)));

        _members.ReplaceMembers([Peers.Member, Peers.OtherMember]);
        Assert.That((relay.Membership!.IsWindowOpen, relay.Membership.MemberCount), Is.EqualTo((false, 2)));
        Assert.That((Gauge(relay, "relay.acl.window_open"), Gauge(relay, "relay.acl.members")), Is.EqualTo((0, 2)));
        Assert.That((relay.Membership.Age, relay.Membership.Sources), Is.EqualTo(((TimeSpan?)null, System.Collections.Immutable.ImmutableArray<MembershipSourceStatus>.Empty)));
    }

    [Test]
    public async Task A_restart_does_not_warn_of_the_same_window_again()
    {
        RelayNode relay = await StartAsync(_members);
        await relay.StopAsync().InTime();
        await relay.StartAsync().InTime();
        Assert.That(Told, Is.EqualTo(new[] { WindowIsOpen }));
        Assert.That(relay.Membership!.IsWindowOpen, Is.True);
    }

    [Test]
    public async Task Members_that_are_said_before_the_start_leave_nothing_to_warn_about()
    {
        _members.ReplaceMembers([Peers.Member]);
        RelayNode relay = await StartAsync(AclRules.None.Allow(_members));
        Assert.That(Told, Is.Empty);
        Assert.That(relay.Membership!.MemberCount, Is.EqualTo(1));
    }

    [Test]
    public async Task The_window_ends_exactly_when_its_time_is_up_over_nobody_and_the_members_can_be_said_later()
    {
        TimeSpan timeout = TimeSpan.FromMinutes(1);
        RelayNode relay = await StartAsync(_members, service => service.Membership.BootstrapTimeout = timeout);
        Assert.That(Told, Is.EqualTo(new[] { WindowIsOpenFor }));
        _time.Advance(timeout - TimeSpan.FromTicks(1));
        Assert.That(_members.IsWindowOpen, Is.True);

        _time.Advance(TimeSpan.FromTicks(1));
        await Eventually.TrueAsync(() => Told.Contains(WindowIsClosed), "the end of the window");
        Assert.That((_members.IsWindowOpen, relay.Membership!.IsWindowOpen, _members.MemberCount), Is.EqualTo((false, false, 0)));

        _members.ReplaceMembers([Peers.Member]);
        Assert.That(_members.AllowReserve(Peers.Member, Peers.Address).IsAllowed, Is.True);
    }

    [Test]
    public async Task Members_that_were_said_in_time_stay()
    {
        await StartAsync(_members, service => service.Membership.BootstrapTimeout = TimeSpan.FromMinutes(1));
        _members.ReplaceMembers([Peers.Member]);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.That(_members.MemberCount, Is.EqualTo(1));
    }

    [Test]
    public async Task The_end_of_the_window_can_be_set_while_it_is_open()
    {
        RelayNode relay = await StartAsync(_members);
        _time.Advance(TimeSpan.FromSeconds(50));
        Config config = CreateConfig(service => service.Membership.BootstrapTimeout = TimeSpan.FromMinutes(1));
        await relay.ApplyAsync(config.ToOptions());

        _time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.That(_members.IsWindowOpen, Is.True);
        _time.Advance(TimeSpan.FromTicks(1));
        await Eventually.TrueAsync(() => !_members.IsWindowOpen, "the end of the window");
    }

    [Test]
    public async Task Of_several_lists_each_has_its_window_and_its_connect_policy()
    {
        var other = new NetworkOnlyAcl();
        _members.ReplaceMembers([Peers.Member]);
        AclRules rules = AclRules.None.Allow(_members).Allow(AclRules.None.Allow(other));
        RelayNode relay = await StartAsync(rules, service => service.ConnectPolicy = ConnectPolicy.MembersOnly);
        Assert.That((relay.Membership!.IsWindowOpen, other.ConnectPolicy, _members.ConnectPolicy), Is.EqualTo((true, ConnectPolicy.MembersOnly, ConnectPolicy.MembersOnly)));

        other.ReplaceMembers([Peers.OtherMember, Peers.Member]);
        Assert.That((relay.Membership.IsWindowOpen, relay.Membership.MemberCount), Is.EqualTo((false, 2)));
        Assert.That(rules.AllowConnect(Peers.Stranger, Peers.Address, Peers.Member).IsAllowed, Is.False);
    }

    [Test]
    public async Task A_change_in_a_rule_within_a_rule_expels_who_is_no_member_any_more()
    {
        RelayNode peer = await StartPeerAsync();
        _members.ReplaceMembers([peer.PeerId]);
        AclRules rules = AclRules.None.Allow(AclRules.None.Allow(_members));
        RelayNode relay = await StartAsync(CreateConfig(service => service.OnMembershipLoss = MembershipLoss.Evict), builder => builder.WithAcl(rules));
        await peer.Relays.ReserveAsync(relay.ListenAddresses[0]).InTime();

        _members.ReplaceMembers([]);
        Assert.That(relay.Counts.Reservations, Is.Zero);
    }

    [Test]
    public async Task Who_is_allowed_by_address_only_leaves_no_window_to_show()
    {
        RelayNode relay = await StartAsync(AclRules.None.Allow(IPNetwork.Parse("192.0.2.0/24")));
        Assert.That(relay.Membership, Is.Null);
    }

    private Task<RelayNode> StartAsync(IRelayAclFilter acl, Action<RelayServiceConfig>? configure = null) =>
        StartAsync(CreateConfig(configure), builder => builder.WithAcl(acl).WithTimeProvider(_time).WithLoggerFactory(_log));

    private static int Gauge(RelayNode relay, string name)
    {
        int value = -1;
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter == relay.Telemetry.Meter && instrument.Name == name)
                own.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((_, measured, _, _) => value = measured);
        listener.Start();
        listener.RecordObservableInstruments();
        return value;
    }
}
