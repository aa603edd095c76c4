using Relay.TestKit;

namespace Relay.Tests;

/// <summary>Starting and stopping to read a membership source.</summary>
internal sealed class NetworkServiceLifecycleTests : NetworkServiceTest
{
    [Test]
    public async Task A_stop_that_breaks_down_is_a_stop_all_the_same()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));
        Source.FailsToUnsubscribe = true;
        Assert.That(() => Service.StopAsync().InTime(), Throws.InvalidOperationException);
        Source.FailsToUnsubscribe = false;
        Time.Advance(Refresh * 3);
        Assert.That(Source.HasRead, Is.False);

        Task start = Service.StartAsync(CancellationToken.None);
        (await Source.NextReadAsync()).Returns(Peers.OtherMember);
        await start.InTime();
        Assert.That(IsAdmitted(Peers.OtherMember), Is.True);
    }

    [Test]
    public async Task Nothing_is_read_after_a_stop_and_the_members_stay()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));

        await Service.StopAsync().InTime();
        await Service.StopAsync().InTime();
        Time.Advance(Refresh * 3);
        Source.Signal();

        Assert.That(Source.HasRead, Is.False);
        Assert.That((IsAdmitted(Peers.Member), IsAdmitted(Peers.Stranger)), Is.EqualTo((true, false)));
    }

    [Test]
    public async Task A_stop_cancels_a_read_and_does_not_wait_for_a_source_that_does_not_listen()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));
        Time.Advance(Refresh);
        ScriptedSource.Read stuck = await Source.NextReadAsync();

        await Service.StopAsync().InTime();

        Assert.That(stuck.Cancellation.IsCancellationRequested, Is.True);
        stuck.Fails(new IOException("too late"));
        Assert.That(IsAdmitted(Peers.Member), Is.True);
    }

    [Test]
    public async Task A_start_right_after_a_stop_waits_for_the_read_that_the_stop_has_cut_off()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));
        Time.Advance(Refresh);
        ScriptedSource.Read unwinding = await Source.NextReadAsync();
        await Service.StopAsync().InTime();

        Task start = Service.StartAsync(CancellationToken.None);
        await Time.TimerIsArmedAsync(Option.ReadTimeout);
        Assert.That(Source.HasRead, Is.False);
        unwinding.Answer.SetCanceled();
        (await Source.NextReadAsync()).Returns(Peers.OtherMember);
        await start.InTime();

        Assert.That((IsAdmitted(Peers.Member), IsAdmitted(Peers.OtherMember)), Is.EqualTo((false, true)));
        Assert.That(Source.MostAtOnce, Is.EqualTo(1));
    }

    [Test]
    public async Task A_start_after_a_stop_does_not_wait_for_good_for_a_source_that_does_not_listen()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));
        Time.Advance(Refresh);
        ScriptedSource.Read stuck = await Source.NextReadAsync();
        await Service.StopAsync().InTime();

        Task start = Service.StartAsync(CancellationToken.None);
        await Time.TimerIsArmedAsync(Option.ReadTimeout);
        Time.Advance(Option.ReadTimeout);

        Assert.That(Assert.ThrowsAsync<MembershipException>(() => start.InTime())!.Reason, Is.EqualTo(MembershipError.TimedOut));
        stuck.Answer.SetCanceled();
    }

    [Test]
    public async Task A_service_that_is_disposed_gives_the_members_back()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));
        Assert.That(() => Acl.ReplaceMembers([]), Throws.InvalidOperationException);

        await Service.DisposeAsync();
        Assert.That(IsAdmitted(Peers.Member), Is.True, "they stay as they were");
        Acl.ReplaceMembers([Peers.Stranger]);
        Assert.That(IsAdmitted(Peers.Stranger), Is.True);

        await Service.DisposeAsync();
        await using NetworkService next = Create(Source);
        await Service.DisposeAsync();
        Assert.That(() => Acl.ReplaceMembers([]), Throws.InvalidOperationException, "they are the next one's");
    }

    [Test]
    public async Task A_stopped_service_can_be_started_again()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));
        await Service.StopAsync().InTime();

        Task start = Service.StartAsync(CancellationToken.None);
        (await Source.NextReadAsync()).Returns(Peers.OtherMember);
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
        ScriptedSource.Read read = await Source.NextReadAsync();

        await cancel.CancelAsync();

        Assert.That(() => start.InTime(), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(read.Cancellation.IsCancellationRequested, Is.True);
        read.Answer.SetCanceled();
    }

    [Test]
    public async Task A_start_that_failed_can_be_tried_again()
    {
        Task start = BeginStart(MembershipKind.Authoritative);
        (await Source.NextReadAsync()).Fails(new InvalidDataException());
        Assert.ThrowsAsync<MembershipException>(() => start.InTime());

        Task again = Service.StartAsync(CancellationToken.None);
        (await Source.NextReadAsync()).Returns(Peers.Member);
        await again.InTime();

        Assert.That(IsAdmitted(Peers.Member), Is.True);
    }

    [Test]
    public async Task An_authoritative_source_that_fails_at_start_is_an_error_and_admits_nobody()
    {
        Task start = BeginStart(MembershipKind.Authoritative);
        (await Source.NextReadAsync()).Fails(new InvalidDataException("no table"));

        MembershipException? e = Assert.ThrowsAsync<MembershipException>(() => start.InTime());

        Assert.That((e!.Reason, e.Message), Is.EqualTo((MembershipError.Unreadable, "The membership source failed: no table")));
        Assert.That(IsAdmitted(Peers.Member), Is.False);
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
    public async Task A_snapshot_in_which_nothing_could_be_read_is_an_error_at_start()
    {
        Task start = BeginStart(MembershipKind.Authoritative);
        (await Source.NextReadAsync()).Returns([], [new InvalidMember(1, "is not a peer id")]);

        Assert.That(Assert.ThrowsAsync<MembershipException>(() => start.InTime())!.Reason, Is.EqualTo(MembershipError.NothingUsable));
    }
}
