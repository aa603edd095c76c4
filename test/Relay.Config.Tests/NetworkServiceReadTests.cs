using Relay.Members;
using Relay.TestKit;

namespace Relay.Tests;

/// <summary>When a membership source is read: at refreshes, by signals, after failures, and never twice at once.</summary>
internal sealed class NetworkServiceReadTests : NetworkServiceTest
{
    [Test]
    public async Task A_signalled_change_is_effective_at_once()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));

        Source.Signal();
        (await Source.NextReadAsync()).Returns(Peers.Member, Peers.OtherMember);
        await ChangeAsync();

        Assert.That(IsAdmitted(Peers.OtherMember), Is.True);
    }

    [Test]
    public async Task A_change_signalled_during_the_first_read_is_not_lost()
    {
        Task start = BeginStart(MembershipKind.Authoritative);
        ScriptedSource.Read first = await Source.NextReadAsync();
        Source.Signal();
        first.Returns(Peers.Member);
        await start.InTime();
        await ChangeAsync();

        (await Source.NextReadAsync()).Returns(Peers.OtherMember);
        await ChangeAsync();

        Assert.That(IsAdmitted(Peers.OtherMember), Is.True);
    }

    [Test]
    public async Task There_are_never_two_reads_at_once_and_signals_meanwhile_become_one_read()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));

        Source.Signal();
        ScriptedSource.Read slow = await Source.NextReadAsync();
        for (int i = 0; i < 10; i++)
            Source.Signal();
        Assert.That(Source.HasRead, Is.False);

        slow.Returns(Peers.OtherMember);
        await Time.TimerIsArmedAsync(RefreshLoop.Spacing);
        Time.Advance(RefreshLoop.Spacing);
        (await Source.NextReadAsync()).Returns(Peers.Member);
        await ChangeAsync();
        await ChangeAsync();

        Assert.That(Source.HasRead, Is.False);
        Assert.That(Source.MostAtOnce, Is.EqualTo(1));
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
                Source.Signal();
            await Time.TimerIsArmedAsync(RefreshLoop.Spacing);
            Time.Advance(RefreshLoop.Spacing - TimeSpan.FromTicks(1));
            Assert.That(Source.HasRead, Is.False, "before the spacing is over");

            Time.Advance(TimeSpan.FromTicks(1));
            (await Source.NextReadAsync()).Returns(i % 2 == 0 ? Peers.Member : Peers.OtherMember);
            await ChangeAsync();
            Assert.That(Source.HasRead, Is.False, "more than one");
        }
    }

    [Test]
    public async Task A_failing_source_that_keeps_signalling_is_read_once_more_and_then_as_the_back_off_says()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));
        await SignalledReadAsync(read => read.Fails(new IOException("gone")));
        await Time.TimerIsArmedAsync(TimeSpan.FromSeconds(1));
        for (int i = 0; i < 3; i++)
        {
            Time.Advance(RefreshLoop.Spacing);
            Source.Signal();
        }

        Assert.That(Source.HasRead, Is.False, "it has been tried, and it failed");

        await AdvanceAndAnswerAsync(TimeSpan.FromSeconds(1) - (RefreshLoop.Spacing * 3), read => read.Fails(new IOException("gone")));
        await Time.TimerIsArmedAsync(TimeSpan.FromSeconds(2));
        Time.Advance(RefreshLoop.Spacing);
        await SignalledReadAsync(read => read.Returns(Peers.OtherMember));
        await ChangeAsync();
        Assert.That(IsAdmitted(Peers.OtherMember), Is.True, "who says that it is back is asked at once");
        Assert.That(Source.Reads, Is.EqualTo(4), "at start, by the first signal, after the back-off, by the last signal");
    }

    [Test]
    public async Task A_signal_that_waits_is_answered_by_the_refresh_that_comes_before()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));
        Time.Advance(Refresh - TimeSpan.FromMilliseconds(1));
        await SignalledReadAsync(read => read.Returns(Peers.OtherMember));
        await ChangeAsync();
        Source.Signal();

        await AdvanceAndAnswerAsync(TimeSpan.FromMilliseconds(1), read => read.Returns(Peers.Member));
        await ChangeAsync();
        Time.Advance(RefreshLoop.Spacing * 2);
        await SignalledReadAsync(read => read.Returns(Peers.OtherMember));

        Assert.That(Source.Reads, Is.EqualTo(4), "at start, by the first signal, at the refresh, by the last signal");
    }

    [Test]
    public async Task A_source_that_is_too_slow_counts_as_failed_and_is_read_again()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));

        Time.Advance(Refresh);
        ScriptedSource.Read slow = await Source.NextReadAsync();
        await Time.TimerIsArmedAsync(Option.ReadTimeout);
        Time.Advance(Option.ReadTimeout);
        await StatusAsync(status => status.LastError?.Reason == MembershipError.TimedOut);

        Assert.That(slow.Cancellation.IsCancellationRequested, Is.True);
        Assert.That(IsAdmitted(Peers.Member), Is.True);

        slow.Answer.SetCanceled();
        await RefreshWithAsync(read => read.Returns(Peers.OtherMember));
        await ChangeAsync();
        Assert.That(IsAdmitted(Peers.OtherMember), Is.True);
    }

    [Test]
    public async Task A_source_that_ignores_its_cancellation_is_not_read_twice_at_once_and_its_late_answer_is_not_used()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));
        Time.Advance(Refresh);
        ScriptedSource.Read stuck = await Source.NextReadAsync();
        await Time.TimerIsArmedAsync(Option.ReadTimeout);
        Time.Advance(Option.ReadTimeout);
        await StatusAsync(status => status.LastError?.Reason == MembershipError.TimedOut);

        await Time.TimerIsArmedAsync(TimeSpan.FromSeconds(1));
        Time.Advance(TimeSpan.FromSeconds(1));
        await Time.TimerIsArmedAsync(Option.ReadTimeout);
        Time.Advance(Option.ReadTimeout);
        await StatusAsync(status => status.LastError?.Message == "The membership source has not come back from an earlier read.");
        Assert.That(Source.HasRead, Is.False);

        await Time.TimerIsArmedAsync(TimeSpan.FromSeconds(2));
        Time.Advance(TimeSpan.FromSeconds(2));
        await Time.TimerIsArmedAsync(Option.ReadTimeout);
        Assert.That(Source.HasRead, Is.False);
        stuck.Returns(Peers.Stranger);
        (await Source.NextReadAsync()).Returns(Peers.OtherMember);
        await ChangeAsync();

        Assert.That((IsAdmitted(Peers.Stranger), IsAdmitted(Peers.OtherMember)), Is.EqualTo((false, true)));
        Assert.That(Source.MostAtOnce, Is.EqualTo(1));
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
        Source = new ScriptedSource(MembershipKind.Sightings);
        Service = Create(blocking);

        Task start = Service.StartAsync(CancellationToken.None);
        await Time.TimerIsArmedAsync(Option.ReadTimeout);
        Time.Advance(Option.ReadTimeout);
        await start.InTime();
        release.Set();

        Assert.That(Service.Status.LastError?.Reason, Is.EqualTo(MembershipError.TimedOut));
    }

    [Test]
    public async Task A_refresh_that_breaks_down_is_logged_and_the_next_one_comes()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));
        void Break() => throw new InvalidOperationException("somebody's handler");
        Acl.Changed += Break;
        Time.Advance(Refresh);
        (await Source.NextReadAsync()).Returns(Peers.OtherMember);
        await Eventually.TrueAsync(() => Log.Ids.Contains(RefreshBroke), "the entry in the log");
        Acl.Changed -= Break;

        await RefreshWithAsync(read => read.Returns(Peers.Stranger));
        Assert.That((IsAdmitted(Peers.OtherMember), IsAdmitted(Peers.Stranger)), Is.EqualTo((false, true)));
    }
}
