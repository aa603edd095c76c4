using Relay.Members;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Tests;

/// <summary>The refreshing of an ACL from a membership source, with time moved by hand.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class NetworkServiceTests
{
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(30);

    private static readonly NetworkOnlyOption Option = NetworkOptions.Default;

    private readonly ManualTimeProvider _time = new();
    private readonly RecordingLoggerFactory _log = new();
    private readonly NetworkOnlyAcl _acl = new();
    private readonly SemaphoreSlim _changes = new(0);
    private ScriptedSource _source = null!;
    private NetworkService? _current;

    [TearDown]
    public async Task StopAsync()
    {
        if (_current is not null)
            await _current.DisposeAsync();
        _changes.Dispose();
        _log.Dispose();
        Assert.That(_time.ActiveTimers, Is.Zero, "a timer was left behind");
        Assert.That(_source.Subscribers, Is.Zero, "a subscription was left behind");
    }

    [Test]
    public async Task The_source_is_applied_before_start_returns()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));

        Assert.That((IsAdmitted(Peers.Member), IsAdmitted(Peers.Stranger)), Is.EqualTo((true, false)));
    }

    [Test]
    public async Task The_source_is_read_again_at_every_refresh_and_not_before()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));

        _time.Advance(Refresh - TimeSpan.FromTicks(1));
        Assert.That(_source.HasRead, Is.False);

        _time.Advance(TimeSpan.FromTicks(1));
        (await _source.NextReadAsync()).Returns(Peers.OtherMember);
        await ChangeAsync();
        Assert.That((IsAdmitted(Peers.Member), IsAdmitted(Peers.OtherMember)), Is.EqualTo((false, true)));

        _time.Advance(Refresh);
        (await _source.NextReadAsync()).Returns(Peers.Member);
        await ChangeAsync();
        Assert.That((IsAdmitted(Peers.Member), IsAdmitted(Peers.OtherMember)), Is.EqualTo((true, false)));
    }

    [Test]
    public async Task A_signalled_change_is_effective_at_once()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));

        _source.Signal();
        (await _source.NextReadAsync()).Returns(Peers.Member, Peers.OtherMember);
        await ChangeAsync();

        Assert.That(IsAdmitted(Peers.OtherMember), Is.True);
    }

    [Test]
    public async Task A_change_signalled_during_the_first_read_is_not_lost()
    {
        Task start = BeginStart(MembershipKind.Authoritative);
        ScriptedSource.Read first = await _source.NextReadAsync();
        _source.Signal();
        first.Returns(Peers.Member);
        await start.InTime();
        await ChangeAsync();

        (await _source.NextReadAsync()).Returns(Peers.OtherMember);
        await ChangeAsync();

        Assert.That(IsAdmitted(Peers.OtherMember), Is.True);
    }

    [Test]
    public async Task There_are_never_two_reads_at_once_and_signals_meanwhile_become_one_read()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));

        _source.Signal();
        ScriptedSource.Read slow = await _source.NextReadAsync();
        for (int i = 0; i < 10; i++)
            _source.Signal();
        Assert.That(_source.HasRead, Is.False);

        slow.Returns(Peers.OtherMember);
        await _time.TimerIsArmedAsync(RefreshLoop.Spacing);
        _time.Advance(RefreshLoop.Spacing);
        (await _source.NextReadAsync()).Returns(Peers.Member);
        await ChangeAsync();
        await ChangeAsync();

        Assert.That(_source.HasRead, Is.False);
        Assert.That(_source.MostAtOnce, Is.EqualTo(1));
    }

    [Test]
    public async Task Signals_bring_one_read_about_at_once_and_then_one_for_each_spacing()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));
        await SignalledReadAsync(read => read.Returns(Peers.OtherMember));
        await ChangeAsync();

        for (int i = 0; i < 5; i++)
        {
            for (int signals = 0; signals < 100; signals++)
                _source.Signal();
            await _time.TimerIsArmedAsync(RefreshLoop.Spacing);
            _time.Advance(RefreshLoop.Spacing - TimeSpan.FromTicks(1));
            Assert.That(_source.HasRead, Is.False, "before the spacing is over");

            _time.Advance(TimeSpan.FromTicks(1));
            (await _source.NextReadAsync()).Returns(i % 2 == 0 ? Peers.Member : Peers.OtherMember);
            await ChangeAsync();
            Assert.That(_source.HasRead, Is.False, "more than one");
        }
    }

    [Test]
    public async Task A_failing_source_that_keeps_signalling_is_read_once_more_and_then_as_the_back_off_says()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));
        await SignalledReadAsync(read => read.Fails(new IOException("gone")));
        await _time.TimerIsArmedAsync(TimeSpan.FromSeconds(1));
        for (int i = 0; i < 3; i++)
        {
            _time.Advance(RefreshLoop.Spacing);
            _source.Signal();
        }

        Assert.That(_source.HasRead, Is.False, "it has been tried, and it failed");

        await AdvanceAndAnswerAsync(TimeSpan.FromSeconds(1) - (RefreshLoop.Spacing * 3), read => read.Fails(new IOException("gone")));
        await _time.TimerIsArmedAsync(TimeSpan.FromSeconds(2));
        _time.Advance(RefreshLoop.Spacing);
        await SignalledReadAsync(read => read.Returns(Peers.OtherMember));
        await ChangeAsync();
        Assert.That(IsAdmitted(Peers.OtherMember), Is.True, "who says that it is back is asked at once");
        Assert.That(_source.Reads, Is.EqualTo(4), "at start, by the first signal, after the back-off, by the last signal");
    }

    [Test]
    public async Task A_signal_that_waits_is_answered_by_the_refresh_that_comes_before()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));
        _time.Advance(Refresh - TimeSpan.FromMilliseconds(1));
        await SignalledReadAsync(read => read.Returns(Peers.OtherMember));
        await ChangeAsync();
        _source.Signal();

        await AdvanceAndAnswerAsync(TimeSpan.FromMilliseconds(1), read => read.Returns(Peers.Member));
        await ChangeAsync();
        _time.Advance(RefreshLoop.Spacing * 2);
        await SignalledReadAsync(read => read.Returns(Peers.OtherMember));

        Assert.That(_source.Reads, Is.EqualTo(4), "at start, by the first signal, at the refresh, by the last signal");
    }

    [Test]
    public async Task A_refresh_that_breaks_down_is_logged_and_the_next_one_comes()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));
        void Break() => throw new InvalidOperationException("somebody's handler");
        _acl.Changed += Break;
        _time.Advance(Refresh);
        (await _source.NextReadAsync()).Returns(Peers.OtherMember);
        await Eventually.TrueAsync(() => _log.Ids.Contains(RefreshBroke), "the entry in the log");
        _acl.Changed -= Break;

        await RefreshWithAsync(read => read.Returns(Peers.Stranger));
        Assert.That((IsAdmitted(Peers.OtherMember), IsAdmitted(Peers.Stranger)), Is.EqualTo((false, true)));
    }

    [Test]
    public async Task A_stop_that_breaks_down_is_a_stop_all_the_same()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));
        _source.FailsToUnsubscribe = true;
        Assert.That(() => Service.StopAsync().InTime(), Throws.InvalidOperationException);
        _source.FailsToUnsubscribe = false;
        _time.Advance(Refresh * 3);
        Assert.That(_source.HasRead, Is.False);

        Task start = Service.StartAsync(CancellationToken.None);
        (await _source.NextReadAsync()).Returns(Peers.OtherMember);
        await start.InTime();
        Assert.That(IsAdmitted(Peers.OtherMember), Is.True);
    }

    [Test]
    public async Task An_authoritative_source_without_members_admits_nobody()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns());

        Assert.That(_acl.IsWindowOpen, Is.False);
        Assert.That(IsAdmitted(Peers.Member), Is.False);
    }

    [Test]
    public async Task An_authoritative_source_that_becomes_empty_leaves_nobody()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));

        await RefreshWithAsync(read => read.Returns());

        Assert.That(IsAdmitted(Peers.Member), Is.False);
    }

    [Test]
    public async Task There_is_no_bootstrap_window_while_an_authoritative_source_is_read_for_the_first_time()
    {
        Task start = BeginStart(MembershipKind.Authoritative);
        ScriptedSource.Read first = await _source.NextReadAsync();

        Assert.That(IsAdmitted(Peers.Member), Is.False);

        first.Returns(Peers.Member);
        await start.InTime();
    }

    [Test]
    public async Task The_bootstrap_window_is_open_until_the_first_sighting()
    {
        await StartAsync(MembershipKind.Sightings, read => read.Returns());
        Assert.That(IsAdmitted(Peers.Stranger), Is.True);

        await RefreshWithAsync(read => read.Returns());
        Assert.That(IsAdmitted(Peers.Stranger), Is.True);

        await RefreshWithAsync(read => read.Returns(Peers.Member));
        Assert.That((IsAdmitted(Peers.Member), IsAdmitted(Peers.Stranger)), Is.EqualTo((true, false)));
        Assert.That(_log.Ids, Is.EqualTo(new[] { WindowIsOpen, MembersChanged, WindowIsClosed }));
    }

    [Test]
    public async Task Sightings_of_nobody_change_nothing()
    {
        await StartAsync(MembershipKind.Sightings, read => read.Returns(Peers.Member));

        await RefreshWithAsync(read => read.Returns());

        Assert.That((IsAdmitted(Peers.Member), IsAdmitted(Peers.Stranger)), Is.EqualTo((true, false)));
    }

    [TestCase(MembershipKind.Authoritative)]
    [TestCase(MembershipKind.Sightings)]
    public async Task Who_is_revoked_is_no_member_whatever_else_the_snapshot_says(MembershipKind kind)
    {
        await StartAsync(kind, read => read.Returns([new Member(Peers.Member), new Member(Peers.OtherMember), new Member(Peers.Member, Revoked: true)]));

        Assert.That((IsAdmitted(Peers.Member), IsAdmitted(Peers.OtherMember)), Is.EqualTo((false, true)));
    }

    [Test]
    public async Task A_revocation_counts_even_when_nobody_else_was_seen()
    {
        await StartAsync(MembershipKind.Sightings, read => read.Returns(Peers.Member, Peers.OtherMember));

        await RefreshWithAsync(read => read.Returns([new Member(Peers.Member, Revoked: true)]));

        Assert.That((IsAdmitted(Peers.Member), IsAdmitted(Peers.OtherMember)), Is.EqualTo((false, true)));
    }

    [Test]
    public async Task Revocations_alone_do_not_close_the_bootstrap_window()
    {
        await StartAsync(MembershipKind.Sightings, read => read.Returns([new Member(Peers.Member, Revoked: true)]));

        Assert.That(_acl.IsWindowOpen, Is.True);
    }

    [Test]
    public async Task An_authoritative_source_that_fails_at_start_is_an_error_and_admits_nobody()
    {
        Task start = BeginStart(MembershipKind.Authoritative);
        (await _source.NextReadAsync()).Fails(new InvalidDataException("no table"));

        MembershipException? e = Assert.ThrowsAsync<MembershipException>(() => start.InTime());

        Assert.That((e!.Reason, e.Message), Is.EqualTo((MembershipError.Unreadable, "The membership source failed: no table")));
        Assert.That(IsAdmitted(Peers.Member), Is.False);
    }

    [Test]
    public async Task A_start_that_failed_can_be_tried_again()
    {
        Task start = BeginStart(MembershipKind.Authoritative);
        (await _source.NextReadAsync()).Fails(new InvalidDataException());
        Assert.ThrowsAsync<MembershipException>(() => start.InTime());

        Task again = Service.StartAsync(CancellationToken.None);
        (await _source.NextReadAsync()).Returns(Peers.Member);
        await again.InTime();

        Assert.That(IsAdmitted(Peers.Member), Is.True);
    }

    [Test]
    public async Task Sightings_that_fail_at_start_are_tried_again_with_the_window_open()
    {
        await StartAsync(MembershipKind.Sightings, read => read.Fails(new HttpRequestException("refused")));
        Assert.That((IsAdmitted(Peers.Stranger), Service.Status.LastError?.Reason), Is.EqualTo((true, (MembershipError?)MembershipError.Unreadable)));

        await RefreshWithAsync(read => read.Returns(Peers.Member));

        Assert.That((IsAdmitted(Peers.Member), IsAdmitted(Peers.Stranger)), Is.EqualTo((true, false)));
        Assert.That(Service.Status.LastError, Is.Null);
    }

    [Test]
    public async Task A_failing_source_keeps_the_last_good_set_and_is_logged_once_until_it_is_back()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));
        for (int i = 0; i < 5; i++)
            await RefreshWithAsync(read => read.Fails(new IOException($"gone, {i}")));

        Assert.That((IsAdmitted(Peers.Member), IsAdmitted(Peers.Stranger)), Is.EqualTo((true, false)));
        Assert.That(Service.Status.LastError?.Message, Does.EndWith("gone, 4"));

        await RefreshWithAsync(read => read.Returns(Peers.Member));
        await RefreshWithAsync(read => read.Fails(new IOException("gone again")));

        Assert.That(_log.Ids, Is.EqualTo(new[] { MembersChanged, SourceFails, SourceIsBack, SourceFails }));
        Assert.That(_log.Entries.Select(entry => entry.Text), Has.Some.EqualTo(
            "The membership source failed: gone, 0 Until it can be read again, 1 known members stay"));
    }

    [Test]
    public async Task A_source_that_is_too_slow_counts_as_failed_and_is_read_again()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));

        _time.Advance(Refresh);
        ScriptedSource.Read slow = await _source.NextReadAsync();
        await _time.TimerIsArmedAsync(Option.ReadTimeout);
        _time.Advance(Option.ReadTimeout);
        await StatusAsync(status => status.LastError?.Reason == MembershipError.TimedOut);

        Assert.That(slow.Cancellation.IsCancellationRequested, Is.True);
        Assert.That(IsAdmitted(Peers.Member), Is.True);

        slow.Answer.SetCanceled();
        await RefreshUntilReadAsync(read => read.Returns(Peers.OtherMember));
        await ChangeAsync();
        Assert.That(IsAdmitted(Peers.OtherMember), Is.True);
    }

    [Test]
    public async Task A_source_that_ignores_its_cancellation_is_not_read_twice_at_once_and_its_late_answer_is_not_used()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));
        _time.Advance(Refresh);
        ScriptedSource.Read stuck = await _source.NextReadAsync();
        await _time.TimerIsArmedAsync(Option.ReadTimeout);
        _time.Advance(Option.ReadTimeout);
        await StatusAsync(status => status.LastError?.Reason == MembershipError.TimedOut);

        await _time.TimerIsArmedAsync(TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        await _time.TimerIsArmedAsync(Option.ReadTimeout);
        _time.Advance(Option.ReadTimeout);
        await StatusAsync(status => status.LastError?.Message == "The membership source has not come back from an earlier read.");
        Assert.That(_source.HasRead, Is.False);

        await _time.TimerIsArmedAsync(TimeSpan.FromSeconds(2));
        _time.Advance(TimeSpan.FromSeconds(2));
        await _time.TimerIsArmedAsync(Option.ReadTimeout);
        Assert.That(_source.HasRead, Is.False);
        stuck.Returns(Peers.Stranger);
        (await _source.NextReadAsync()).Returns(Peers.OtherMember);
        await ChangeAsync();

        Assert.That((IsAdmitted(Peers.Stranger), IsAdmitted(Peers.OtherMember)), Is.EqualTo((false, true)));
        Assert.That(_source.MostAtOnce, Is.EqualTo(1));
    }

    [Test]
    public async Task A_source_that_blocks_its_caller_does_not_block_the_start_for_good()
    {
        using var release = new ManualResetEventSlim();
        var blocking = new DelegateMembershipSource(MembershipKind.Sightings, read: (CancellationToken _) =>
        {
            release.Wait(InTimeExtensions.Bound, CancellationToken.None);
            return ValueTask.FromResult(new MembershipSnapshot(MembershipKind.Sightings, default, []));
        });
        _source = new ScriptedSource(MembershipKind.Sightings);
        _current = Create(blocking);

        Task start = Service.StartAsync(CancellationToken.None);
        await _time.TimerIsArmedAsync(Option.ReadTimeout);
        _time.Advance(Option.ReadTimeout);
        await start.InTime();
        release.Set();

        Assert.That(Service.Status.LastError?.Reason, Is.EqualTo(MembershipError.TimedOut));
    }

    [Test]
    public async Task A_snapshot_in_which_nothing_could_be_read_changes_nothing()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));

        await RefreshWithAsync(read => read.Returns([], [new InvalidMember(3, "is not a peer id")]));

        Assert.That(IsAdmitted(Peers.Member), Is.True);
        Assert.That(Service.Status.LastError?.Reason, Is.EqualTo(MembershipError.NothingUsable));
        Assert.That(Service.Status.LastError?.Message, Does.Contain("entry 3 is not a peer id"));
    }

    [Test]
    public async Task A_snapshot_in_which_nothing_could_be_read_is_an_error_at_start()
    {
        Task start = BeginStart(MembershipKind.Authoritative);
        (await _source.NextReadAsync()).Returns([], [new InvalidMember(1, "is not a peer id")]);

        Assert.That(Assert.ThrowsAsync<MembershipException>(() => start.InTime())!.Reason, Is.EqualTo(MembershipError.NothingUsable));
    }

    [Test]
    public async Task Entries_that_could_not_be_read_are_reported_once_and_the_others_count()
    {
        InvalidMember[] invalid = [new(7, "is not a peer id"), new(9, "is not a peer id")];
        await StartAsync(MembershipKind.Authoritative, read => read.Returns([new Member(Peers.Member)], invalid));
        await RefreshWithAsync(read => read.Returns([new Member(Peers.Member)], invalid));

        Assert.That(IsAdmitted(Peers.Member), Is.True);
        Assert.That(Service.Status.Invalid, Is.EqualTo(invalid));
        Assert.That(_log.Ids, Is.EqualTo(new[] { InvalidEntries, MembersChanged }));
        Assert.That(_log.Entries.First().Text, Does.Contain("2 entries").And.Contain("entry 7 is not a peer id"));
    }

    [Test]
    public async Task A_snapshot_of_another_kind_than_the_source_has_is_refused()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));

        await RefreshWithAsync(read => read.Answer.SetResult(new MembershipSnapshot(MembershipKind.Sightings, default, [new Member(Peers.Stranger)])));
        Assert.That(Service.Status.LastError?.Reason, Is.EqualTo(MembershipError.WrongAnswer));

        await RefreshWithAsync(read => read.Answer.SetResult(null!));
        Assert.That(Service.Status.LastError?.Reason, Is.EqualTo(MembershipError.WrongAnswer));
        Assert.That(IsAdmitted(Peers.Stranger), Is.False);
    }

    [Test]
    public async Task An_unchanged_snapshot_changes_no_policy()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member, Peers.OtherMember));

        await RefreshWithAsync(read => read.Returns(Peers.OtherMember, Peers.Member));

        Assert.That(_changes.CurrentCount, Is.Zero);
    }

    [Test]
    public async Task The_status_says_how_old_the_members_are()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));
        DateTimeOffset started = _time.GetUtcNow();
        await RefreshWithAsync(read => read.Returns(Peers.Member));

        MembershipStatus status = Service.Status;
        Assert.That(status, Is.EqualTo(new MembershipStatus
        {
            MemberCount = 1,
            TakenAt = DateTimeOffset.UnixEpoch,
            ChangedAt = started,
            RefreshedAt = started + Refresh,
            Joined = 1,
            Sources = status.Sources,
            KnownSince = status.KnownSince,
            SeenSince = status.SeenSince,
        }));
        _time.JumpWallClock(TimeSpan.FromHours(-3));
        _time.Advance(TimeSpan.FromSeconds(7));
        Assert.That(Service.StatusNow.Age, Is.EqualTo(TimeSpan.FromSeconds(7)), "whatever the wall clock does");
    }

    [Test]
    public async Task Nothing_is_read_after_a_stop_and_the_members_stay()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));

        await Service.StopAsync().InTime();
        await Service.StopAsync().InTime();
        _time.Advance(Refresh * 3);
        _source.Signal();

        Assert.That(_source.HasRead, Is.False);
        Assert.That((IsAdmitted(Peers.Member), IsAdmitted(Peers.Stranger)), Is.EqualTo((true, false)));
    }

    [Test]
    public async Task A_stop_cancels_a_read_and_does_not_wait_for_a_source_that_does_not_listen()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));
        _time.Advance(Refresh);
        ScriptedSource.Read stuck = await _source.NextReadAsync();

        await Service.StopAsync().InTime();

        Assert.That(stuck.Cancellation.IsCancellationRequested, Is.True);
        stuck.Fails(new IOException("too late"));
        Assert.That(IsAdmitted(Peers.Member), Is.True);
    }

    [Test]
    public async Task A_start_right_after_a_stop_waits_for_the_read_that_the_stop_has_cut_off()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));
        _time.Advance(Refresh);
        ScriptedSource.Read unwinding = await _source.NextReadAsync();
        await Service.StopAsync().InTime();

        Task start = Service.StartAsync(CancellationToken.None);
        await _time.TimerIsArmedAsync(Option.ReadTimeout);
        Assert.That(_source.HasRead, Is.False);
        unwinding.Answer.SetCanceled();
        (await _source.NextReadAsync()).Returns(Peers.OtherMember);
        await start.InTime();

        Assert.That((IsAdmitted(Peers.Member), IsAdmitted(Peers.OtherMember)), Is.EqualTo((false, true)));
        Assert.That(_source.MostAtOnce, Is.EqualTo(1));
    }

    [Test]
    public async Task A_start_after_a_stop_does_not_wait_for_good_for_a_source_that_does_not_listen()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));
        _time.Advance(Refresh);
        ScriptedSource.Read stuck = await _source.NextReadAsync();
        await Service.StopAsync().InTime();

        Task start = Service.StartAsync(CancellationToken.None);
        await _time.TimerIsArmedAsync(Option.ReadTimeout);
        _time.Advance(Option.ReadTimeout);

        Assert.That(Assert.ThrowsAsync<MembershipException>(() => start.InTime())!.Reason, Is.EqualTo(MembershipError.TimedOut));
        stuck.Answer.SetCanceled();
    }

    [Test]
    public async Task A_service_that_is_disposed_gives_the_members_back()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));
        Assert.That(() => _acl.ReplaceMembers([]), Throws.InvalidOperationException);

        await Service.DisposeAsync();
        Assert.That(IsAdmitted(Peers.Member), Is.True, "they stay as they were");
        _acl.ReplaceMembers([Peers.Stranger]);
        Assert.That(IsAdmitted(Peers.Stranger), Is.True);

        await Service.DisposeAsync();
        await using NetworkService next = Create(_source);
        await Service.DisposeAsync();
        Assert.That(() => _acl.ReplaceMembers([]), Throws.InvalidOperationException, "they are the next one's");
    }

    [Test]
    public async Task A_stopped_service_can_be_started_again()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));
        await Service.StopAsync().InTime();

        Task start = Service.StartAsync(CancellationToken.None);
        (await _source.NextReadAsync()).Returns(Peers.OtherMember);
        await start.InTime();

        Assert.That((IsAdmitted(Peers.Member), IsAdmitted(Peers.OtherMember)), Is.EqualTo((false, true)));
    }

    [Test]
    public async Task A_running_service_cannot_be_started_twice()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));

        Assert.That(() => Service.StartAsync(CancellationToken.None), Throws.InvalidOperationException);
    }

    [Test]
    public async Task A_cancelled_start_leaves_nothing_running()
    {
        using var cancel = new CancellationTokenSource();
        Task start = BeginStart(MembershipKind.Authoritative, cancel.Token);
        ScriptedSource.Read read = await _source.NextReadAsync();

        await cancel.CancelAsync();

        Assert.That(() => start.InTime(), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(read.Cancellation.IsCancellationRequested, Is.True);
        read.Answer.SetCanceled();
    }

    private const int MembersChanged = 3001;
    private const int WindowIsOpen = 3002;
    private const int WindowIsClosed = 3003;
    private const int SourceFails = 3004;
    private const int SourceIsBack = 3006;
    private const int InvalidEntries = 3007;
    private const int RefreshBroke = 3013;

    private NetworkService Service => _current!;

    private NetworkService Create(IMembershipSource source) => new(_acl, source, Option, Peers.Self, _time, _log) { Random = () => 0 };

    private bool IsAdmitted(PeerId peer) => _acl.AllowReserve(peer, Peers.Address).IsAllowed;

    private Task BeginStart(MembershipKind kind, CancellationToken cancellationToken = default)
    {
        _source = new ScriptedSource(kind);
        _current = Create(_source);
        _acl.Changed += () => _changes.Release();
        return Service.StartAsync(cancellationToken);
    }

    private async Task StartAsync(MembershipKind kind, Action<ScriptedSource.Read> answer)
    {
        Task start = BeginStart(kind);
        answer(await _source.NextReadAsync());
        await start.InTime();
        while (_changes.CurrentCount > 0)
            await _changes.WaitAsync();
    }

    // Moves to the next refresh, answers it and waits until the answer has been dealt with.
    private async Task RefreshWithAsync(Action<ScriptedSource.Read> answer)
    {
        MembershipStatus before = Service.Status;
        _time.Advance(Refresh);
        answer(await _source.NextReadAsync());
        await StatusAsync(status => !ReferenceEquals(status, before));
    }

    private async Task SignalledReadAsync(Action<ScriptedSource.Read> answer)
    {
        _source.Signal();
        answer(await _source.NextReadAsync());
    }

    private async Task AdvanceAndAnswerAsync(TimeSpan time, Action<ScriptedSource.Read> answer)
    {
        _time.Advance(time);
        answer(await _source.NextReadAsync());
    }

    // After a read that was given up, a tick may still find it running and say so: tick until there is a read.
    private async Task RefreshUntilReadAsync(Action<ScriptedSource.Read> answer)
    {
        while (!_source.HasRead)
        {
            MembershipStatus before = Service.Status;
            _time.Advance(Refresh);
            await StatusAsync(status => _source.HasRead || !ReferenceEquals(status, before));
        }

        answer(await _source.NextReadAsync());
    }

    private Task ChangeAsync() => _changes.WaitAsync().InTime();

    private Task StatusAsync(Func<MembershipStatus, bool> condition) => Eventually.TrueAsync(() => condition(Service.Status), "the status");
}
