using Relay.TestKit;

namespace Relay.Tests;

/// <summary>The refreshing of an ACL from a membership source: what its answers do.</summary>
internal sealed class NetworkServiceTests : NetworkServiceTest
{
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

        Time.Advance(Refresh - TimeSpan.FromTicks(1));
        Assert.That(Source.HasRead, Is.False);

        Time.Advance(TimeSpan.FromTicks(1));
        (await Source.NextReadAsync()).Returns(Peers.OtherMember);
        await ChangeAsync();
        Assert.That((IsAdmitted(Peers.Member), IsAdmitted(Peers.OtherMember)), Is.EqualTo((false, true)));

        Time.Advance(Refresh);
        (await Source.NextReadAsync()).Returns(Peers.Member);
        await ChangeAsync();
        Assert.That((IsAdmitted(Peers.Member), IsAdmitted(Peers.OtherMember)), Is.EqualTo((true, false)));
    }

    [Test]
    public async Task An_authoritative_source_without_members_admits_nobody()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns());

        Assert.That(Acl.IsWindowOpen, Is.False);
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
        ScriptedSource.Read first = await Source.NextReadAsync();

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
        Assert.That(Log.Ids, Is.EqualTo(new[] { WindowIsOpen, MembersChanged, WindowIsClosed }));
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

        Assert.That(Acl.IsWindowOpen, Is.True);
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

        Assert.That(Log.Ids, Is.EqualTo(new[] { MembersChanged, SourceFails, SourceIsBack, SourceFails }));
        Assert.That(Log.Entries.Select(entry => entry.Text), Has.Some.EqualTo(
            "The membership source failed: gone, 0 Until it can be read again, 1 known members stay"));
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
    public async Task Entries_that_could_not_be_read_are_reported_once_and_the_others_count()
    {
        InvalidMember[] invalid = [new(7, "is not a peer id"), new(9, "is not a peer id")];
        await StartAsync(MembershipKind.Authoritative, read => read.Returns([new Member(Peers.Member)], invalid));
        await RefreshWithAsync(read => read.Returns([new Member(Peers.Member)], invalid));

        Assert.That(IsAdmitted(Peers.Member), Is.True);
        Assert.That(Service.Status.Invalid, Is.EqualTo(invalid));
        Assert.That(Log.Ids, Is.EqualTo(new[] { InvalidEntries, MembersChanged }));
        Assert.That(Log.Entries.First().Text, Does.Contain("2 entries").And.Contain("entry 7 is not a peer id"));
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

        Assert.That(Changes.CurrentCount, Is.Zero);
    }

    [Test]
    public async Task The_status_says_how_old_the_members_are()
    {
        await StartAsync(MembershipKind.Authoritative, read => read.Returns(Peers.Member));
        DateTimeOffset started = Time.GetUtcNow();
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
        Time.JumpWallClock(TimeSpan.FromHours(-3));
        Time.Advance(TimeSpan.FromSeconds(7));
        Assert.That(Service.StatusNow.Age, Is.EqualTo(TimeSpan.FromSeconds(7)), "whatever the wall clock does");
    }
}
