using Relay.Members;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Tests;

/// <summary>The bootstrap window, the back-off and the numbers of a running membership service, with time moved by hand.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class NetworkServiceWindowTests
{
    private static readonly NetworkOnlyOption Default = NetworkOptions.Default;
    private static readonly NetworkOnlyOption EachMinute = NetworkOptions.Patient with { Refresh = TimeSpan.FromMinutes(1) };

    private readonly ManualTimeProvider _time = new();
    private readonly RecordingLoggerFactory _log = new();
    private readonly NetworkOnlyAcl _acl = new();
    private readonly ScriptedSource _source = new(MembershipKind.Sightings);
    private NetworkService? _service;

    private NetworkService Service => _service!;

    [TearDown]
    public async Task StopAsync()
    {
        if (_service is not null)
            await _service.DisposeAsync();
        _log.Dispose();
        Assert.That(_time.ActiveTimers, Is.Zero, "a timer was left behind");
        Assert.That(_source.Subscribers, Is.Zero, "a subscription was left behind");
    }

    [Test]
    public async Task The_nodes_own_heartbeat_does_not_close_the_window()
    {
        await StartAsync(Default, read => read.Returns(Peers.Self));
        Assert.That(IsAdmitted(Peers.Stranger), Is.True);

        await RefreshAsync(read => read.Returns(Peers.Self, Peers.Member));
        Assert.That((IsAdmitted(Peers.Self), IsAdmitted(Peers.Member), IsAdmitted(Peers.Stranger)), Is.EqualTo((true, true, false)));
    }

    [Test]
    public async Task The_window_waits_for_the_minimum_and_remembers_who_was_seen_meanwhile()
    {
        await StartAsync(Default with { MinimumMembers = 2 }, read => read.Returns(Peers.Member));
        Assert.That(IsAdmitted(Peers.Stranger), Is.True);

        await RefreshAsync(read => read.Returns(Peers.OtherMember)); // the bucket was scrubbed in between
        Assert.That((IsAdmitted(Peers.Member), IsAdmitted(Peers.OtherMember), IsAdmitted(Peers.Stranger)), Is.EqualTo((true, true, false)));
    }

    [Test]
    public async Task The_window_ends_exactly_when_its_time_is_up_with_whoever_was_seen()
    {
        TimeSpan timeout = TimeSpan.FromSeconds(20);
        await StartAsync(Default with { MinimumMembers = 5, BootstrapTimeout = timeout }, read => read.Returns(Peers.Member));

        _time.Advance(timeout - TimeSpan.FromTicks(1));
        Assert.That(IsAdmitted(Peers.Stranger), Is.True);

        _time.Advance(TimeSpan.FromTicks(1));
        await Eventually.TrueAsync(() => !Service.Status.IsWindowOpen, "the end of the window");
        Assert.That((IsAdmitted(Peers.Member), IsAdmitted(Peers.Stranger)), Is.EqualTo((true, false)));
        Assert.That(_log.Ids, Is.EqualTo(new[] { WindowIsOpenFor, MembersChanged, WindowIsClosed }));
    }

    [Test]
    public async Task A_window_that_ends_with_nobody_seen_admits_nobody_and_later_sightings_count()
    {
        TimeSpan timeout = TimeSpan.FromSeconds(20);
        await StartAsync(Default with { BootstrapTimeout = timeout }, read => read.Returns());
        _time.Advance(timeout);
        await Eventually.TrueAsync(() => !Service.Status.IsWindowOpen, "the end of the window");
        Assert.That(IsAdmitted(Peers.Member), Is.False);

        await RefreshAsync(read => read.Returns(Peers.Member), Default.Refresh - timeout);
        Assert.That(IsAdmitted(Peers.Member), Is.True);
    }

    [Test]
    public async Task A_hanging_source_does_not_keep_the_window_open()
    {
        TimeSpan timeout = TimeSpan.FromSeconds(31);
        await StartAsync(Default with { BootstrapTimeout = timeout }, read => read.Returns());
        _time.Advance(Default.Refresh);
        ScriptedSource.Read hanging = await _source.NextReadAsync();

        _time.Advance(timeout - Default.Refresh);
        await Eventually.TrueAsync(() => !_acl.IsWindowOpen, "the end of the window");
        hanging.Returns();
    }

    [Test]
    public async Task An_unbounded_window_is_warned_about_once()
    {
        await StartAsync(Default, read => read.Returns());
        await RefreshAsync(read => read.Returns());
        await RefreshAsync(read => read.Returns());

        Assert.That(_log.Ids, Is.EqualTo(new[] { WindowIsOpen }));
        Assert.That(_log.Entries.Single().Text, Does.Contain("BootstrapTimeout is unlimited"));
    }

    [Test]
    public async Task Who_is_revoked_is_refused_in_the_open_window()
    {
        await StartAsync(Default, read => read.Returns([new Member(Peers.Stranger, Revoked: true)]));

        Assert.That((_acl.IsWindowOpen, IsAdmitted(Peers.Stranger), IsAdmitted(Peers.Member)), Is.EqualTo((true, false, true)));
    }

    [Test]
    public async Task A_revocation_counts_at_once_where_members_were_named_before_the_source_came()
    {
        _acl.ReplaceMembers([Peers.Member, Peers.Stranger]);
        await StartAsync(Default, read => read.Returns([new Member(Peers.Stranger, Revoked: true)]));
        Assert.That((IsAdmitted(Peers.Member), IsAdmitted(Peers.Stranger), Service.Status.Revoked), Is.EqualTo((true, false, 1L)));

        await RefreshAsync(read => read.Returns([new Member(Peers.Stranger, Revoked: true), new Member(Peers.OtherMember, Revoked: true)]));
        Assert.That((IsAdmitted(Peers.Member), IsAdmitted(Peers.Stranger), Service.Status.Revoked), Is.EqualTo((true, false, 1L)));

        await RefreshAsync(read => read.Returns(Peers.OtherMember));
        Assert.That((IsAdmitted(Peers.Member), IsAdmitted(Peers.OtherMember), IsAdmitted(Peers.Stranger)), Is.EqualTo((false, true, false)));
    }

    [Test]
    public async Task A_failing_source_is_retried_sooner_than_at_the_refresh_and_less_and_less_often()
    {
        await StartAsync(Default, read => read.Fails(new IOException("gone")));
        foreach (int seconds in new[] { 1, 2, 4, 8, 16, 30, 30 })
        {
            await _time.TimerIsArmedAsync(TimeSpan.FromSeconds(seconds));
            _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1));
            Assert.That(_source.HasRead, Is.False, $"before {seconds} s");
            await AdvanceAndAnswerAsync(TimeSpan.FromTicks(1), read => read.Fails(new IOException("gone")));
        }

        Assert.That(Service.Status.SourceErrors, Is.EqualTo(8));

        await AdvanceAndAnswerAsync(Default.Refresh, read => read.Returns(Peers.Member));
        _time.Advance(Default.Refresh - TimeSpan.FromTicks(1));
        Assert.That(_source.HasRead, Is.False, "back to the usual pace");
        await AdvanceAndAnswerAsync(TimeSpan.FromTicks(1), read => read.Returns(Peers.Member));
        Assert.That(Service.Status.LastError, Is.Null);
    }

    [Test]
    public async Task Joins_leaves_and_revocations_are_counted_and_the_age_is_that_of_the_last_good_answer()
    {
        await StartAsync(EachMinute, read => read.Returns(Peers.Member, Peers.OtherMember, Peers.Stranger));
        await AdvanceAndAnswerAsync(EachMinute.Refresh, read => read.Returns([new Member(Peers.Stranger, Revoked: true), new Member(Peers.Member), new Member(Peers.OtherMember)]));
        for (int minutes = 0; minutes <= 21; minutes++)
            await AdvanceAndAnswerAsync(TimeSpan.FromMinutes(1), read => read.Returns(Peers.Member));
        await AdvanceAndAnswerAsync(EachMinute.Refresh, read => read.Fails(new IOException("gone")));

        MembershipStatus status = Service.StatusNow;
        Assert.That((status.Joined, status.Left, status.Revoked, status.MemberCount), Is.EqualTo((3L, 1L, 1L, 1)));
        Assert.That((status.SourceErrors, status.Age), Is.EqualTo((1L, (TimeSpan?)EachMinute.Refresh)));
    }

    [Test]
    public async Task Held_back_members_are_warned_about_once_and_counted()
    {
        PeerId[] peers = Peers.CreateMany(4);
        await StartAsync(EachMinute, read => read.Returns(peers));
        for (int minutes = 0; minutes < 25; minutes++)
            await AdvanceAndAnswerAsync(TimeSpan.FromMinutes(1), read => read.Returns(peers[0]));

        Assert.That((Service.Status.HeldBack, Service.Status.MemberCount), Is.EqualTo((3, 4)));
        Assert.That(_log.Ids.Count(id => id == HeldBack), Is.EqualTo(1));

        await AdvanceAndAnswerAsync(TimeSpan.FromMinutes(1), read => read.Returns(peers));
        Assert.That((Service.Status.HeldBack, _log.Ids.Last()), Is.EqualTo((0, HeldBackNoMore)));
    }

    [Test]
    public async Task Sightings_from_the_future_are_warned_about_once_while_they_last()
    {
        Member[] entries = [new(Peers.Member), new(Peers.Stranger, _time.GetUtcNow() + TimeSpan.FromDays(1))];
        await StartAsync(Default, read => read.Returns(entries));
        await RefreshAsync(read => read.Returns(entries));

        Assert.That(_log.Ids.Count(id => id == FutureSightings), Is.EqualTo(1));
        Assert.That(Service.Status.Sources.Single().Future, Is.EqualTo(1));
        Assert.That(IsAdmitted(Peers.Stranger), Is.False);
    }

    [Test]
    public async Task A_new_pace_and_new_rules_count_while_it_runs()
    {
        await StartAsync(Default with { MinimumMembers = 3 }, read => read.Returns(Peers.Member));
        await Service.ApplyAsync(Default with { MinimumMembers = 1, Refresh = TimeSpan.FromSeconds(5) });

        await AdvanceAndAnswerAsync(TimeSpan.FromSeconds(5), read => read.Returns(Peers.Member));
        Assert.That(_acl.IsWindowOpen, Is.False);
        await AdvanceAndAnswerAsync(TimeSpan.FromSeconds(5), read => read.Returns(Peers.Member));
    }

    [Test]
    public async Task The_end_of_the_window_can_be_set_while_it_is_open_and_counts_from_its_beginning()
    {
        await StartAsync(Default, read => read.Returns());
        await RefreshAsync(read => read.Returns());
        await Service.ApplyAsync(Default with { BootstrapTimeout = TimeSpan.FromSeconds(40) });

        _time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.That(_acl.IsWindowOpen, Is.True);
        _time.Advance(TimeSpan.FromTicks(1));
        await Eventually.TrueAsync(() => !_acl.IsWindowOpen, "the end of the window");
    }

    [Test]
    public async Task A_ledger_hears_of_the_node_at_start_and_at_every_refresh()
    {
        var ledger = new AliveLedger(_time);
        await using var service = new NetworkService(_acl, ledger, Default, Peers.Self, _time, _log);
        await service.StartAsync(CancellationToken.None).InTime();
        Assert.That((await ledger.ReadAsync(CancellationToken.None)).Members, Is.EqualTo(new[] { new Member(Peers.Self, _time.GetUtcNow()) }));
        Assert.That(_acl.IsWindowOpen, Is.True, "the node itself is no network");

        _time.Advance(Default.Refresh);
        await Eventually.TrueAsync(() => service.Status.RefreshedAt == _time.GetUtcNow(), "the refresh");
        Assert.That((await ledger.ReadAsync(CancellationToken.None)).Members.Single().LastSeen, Is.EqualTo(_time.GetUtcNow()));

        ledger.Announce(Peers.Member, _time.GetUtcNow());
        await SpacingPassesAsync();
        await Eventually.TrueAsync(() => !_acl.IsWindowOpen, "the join, which was pushed");
        Assert.That(IsAdmitted(Peers.Member), Is.True);

        ledger.Revoke(Peers.Member);
        await SpacingPassesAsync();
        await Eventually.TrueAsync(() => !IsAdmitted(Peers.Member), "the revocation, which was pushed");
    }

    [Test]
    public async Task A_ledger_that_says_who_is_denied_does_not_hear_of_the_node()
    {
        var denied = new AliveLedger(_time);
        denied.Announce(Peers.Stranger, _time.GetUtcNow());
        var source = new ExceptMembershipSource(new StaticMembershipSource([Peers.Self, Peers.Member, Peers.Stranger]), denied);
        await using var service = new NetworkService(_acl, source, Default, Peers.Self, _time, _log);
        await service.StartAsync(CancellationToken.None).InTime();

        Assert.That((await denied.ReadAsync(CancellationToken.None)).Members.Single().PeerId, Is.EqualTo(Peers.Stranger));
        Assert.That((IsAdmitted(Peers.Self), IsAdmitted(Peers.Member), IsAdmitted(Peers.Stranger)), Is.EqualTo((true, true, false)));
    }

    [TestCase(1)]
    [TestCase(0)]
    [TestCase(60_000)]
    public async Task An_end_of_the_window_that_is_set_to_a_time_that_has_passed_is_now(int millisecondsAgo)
    {
        await StartAsync(Default, read => read.Returns());
        await RefreshAsync(read => read.Returns());
        await RefreshAsync(read => read.Returns(), TimeSpan.FromSeconds(60));

        TimeSpan open = Default.Refresh + TimeSpan.FromSeconds(60);
        await Service.ApplyAsync(Default with { BootstrapTimeout = open - TimeSpan.FromMilliseconds(millisecondsAgo) });
        _time.Advance(TimeSpan.Zero);
        await Eventually.TrueAsync(() => !_acl.IsWindowOpen, "the end of the window");
    }

    [Test]
    public async Task A_node_that_hears_only_itself_keeps_its_members_and_reports_that_the_others_are_silent()
    {
        await StartAsync(EachMinute, read => read.Returns(Peers.Self, Peers.Member, Peers.OtherMember));
        Member stale = new(Peers.Member, _time.GetUtcNow());
        for (int minutes = 0; minutes < 60; minutes++)
            await AdvanceAndAnswerAsync(TimeSpan.FromMinutes(1), read => read.Returns([new Member(Peers.Self), stale]));

        Assert.That((IsAdmitted(Peers.Member), IsAdmitted(Peers.OtherMember), Service.Status.MemberCount), Is.EqualTo((true, true, 3)));
        Assert.That(Service.Status.LastError?.Reason, Is.EqualTo(MembershipError.NothingUsable));
    }

    [Test]
    public async Task A_source_that_answers_and_shows_nobody_is_warned_about_once_its_silence_is_longer_than_the_largest_age()
    {
        await StartAsync(EachMinute, read => read.Returns(Peers.Self, Peers.Member));
        for (int minutes = 0; minutes < 15; minutes++)
            await AdvanceAndAnswerAsync(TimeSpan.FromMinutes(1), read => read.Returns(minutes % 2 == 0 ? [] : [Peers.Self]));
        Assert.That((Service.StatusNow.Silence, _log.Ids.Contains(Silent)), Is.EqualTo(((TimeSpan?)EachMinute.MaxAge, false)), "exactly then");

        for (int minutes = 0; minutes < 15; minutes++)
            await AdvanceAndAnswerAsync(TimeSpan.FromMinutes(1), read => read.Returns(minutes % 2 == 0 ? [] : [Peers.Self]));
        Assert.That((Service.StatusNow.Silence, Service.StatusNow.Age), Is.EqualTo(((TimeSpan?)(EachMinute.MaxAge * 2), (TimeSpan?)TimeSpan.Zero)));
        Assert.That(_log.Ids.Count(id => id == Silent), Is.EqualTo(1));
        Assert.That(IsAdmitted(Peers.Member), Is.True);

        await AdvanceAndAnswerAsync(TimeSpan.FromMinutes(1), read => read.Returns(Peers.Member));
        Assert.That(Service.StatusNow.Silence, Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public async Task The_age_of_a_source_that_has_never_answered_counts_from_the_start()
    {
        await StartAsync(Default, read => read.Fails(new IOException("gone")));
        await AdvanceAndAnswerAsync(TimeSpan.FromSeconds(1), read => read.Fails(new IOException("gone")));
        await AdvanceAndAnswerAsync(TimeSpan.FromSeconds(2), read => read.Fails(new IOException("gone")));
        Assert.That((Service.StatusNow.Age, Service.StatusNow.RefreshedAt), Is.EqualTo(((TimeSpan?)TimeSpan.FromSeconds(3), (DateTimeOffset?)null)));

        await _time.TimerIsArmedAsync(TimeSpan.FromSeconds(4));
        await AdvanceAndAnswerAsync(TimeSpan.FromSeconds(4), read => read.Returns());
        Assert.That(Service.StatusNow.Age, Is.EqualTo(TimeSpan.Zero));
    }

    private const int MembersChanged = 3001;
    private const int WindowIsOpen = 3002;
    private const int WindowIsClosed = 3003;
    private const int WindowIsOpenFor = 3008;
    private const int HeldBack = 3009;
    private const int HeldBackNoMore = 3010;
    private const int FutureSightings = 3011;
    private const int Silent = 3016;

    private bool IsAdmitted(PeerId peer) => _acl.AllowReserve(peer, Peers.Address).IsAllowed;

    private async Task StartAsync(NetworkOnlyOption option, Action<ScriptedSource.Read> answer)
    {
        _service = new NetworkService(_acl, _source, option, Peers.Self, _time, _log) { Random = () => 0 };
        Task start = _service.StartAsync(CancellationToken.None);
        answer(await _source.NextReadAsync());
        await start.InTime();
    }

    private Task RefreshAsync(Action<ScriptedSource.Read> answer, TimeSpan? after = null) => AdvanceAndAnswerAsync(after ?? Default.Refresh, answer);

    // The ledger was read a moment ago; what it signals is read when the spacing is over.
    private async Task SpacingPassesAsync()
    {
        await _time.TimerIsArmedAsync(RefreshLoop.Spacing);
        _time.Advance(RefreshLoop.Spacing);
    }

    // Moves on, answers the read that this brings and waits until the answer has been dealt with.
    private async Task AdvanceAndAnswerAsync(TimeSpan time, Action<ScriptedSource.Read> answer)
    {
        MembershipStatus before = Service.Status;
        _time.Advance(time);
        answer(await _source.NextReadAsync());
        await Eventually.TrueAsync(() => !ReferenceEquals(Service.Status, before), "the status");
    }
}
