using Relay.TestKit;

namespace Relay.Tests;

/// <summary>Sources that say who is no member: deny wins, over the window as well, and does not use it up.</summary>
internal sealed class DenyListTests : CombinedSourceTest
{
    [Test]
    public async Task What_is_denied_wins_over_a_member_and_over_the_open_window()
    {
        Denied.Names(Peers.Stranger);
        await StartAsync(new ExceptMembershipSource(Alive, Denied));
        Assert.That(Acl.IsWindowOpen, Is.True);
        Assert.That(IsAdmitted(Peers.Stranger), Is.False);
        Assert.That(IsAdmitted(Peers.Member), Is.True);

        Alive.Names(Peers.Member, Peers.Stranger);
        await RefreshAsync();
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member }));
    }

    [Test]
    public async Task A_change_of_what_is_denied_counts_at_once_when_it_is_signalled()
    {
        Listed.Names(Peers.Member, Peers.OtherMember);
        await StartAsync(new ExceptMembershipSource(Listed, Denied));

        Denied.Names(Peers.Member);
        MembershipStatus before = Service.Status;
        Denied.Signal();
        await Eventually.TrueAsync(() => !ReferenceEquals(Service.Status, before), "the change");

        Assert.That(Admitted, Is.EqualTo(new[] { Peers.OtherMember }));
        Assert.That(Listed.Reads, Is.EqualTo(1), "the other part is left alone");
    }

    [Test]
    public async Task Sightings_that_deny_and_were_never_read_deny_everyone()
    {
        var deniedAlive = new ToldSource(MembershipKind.Sightings);
        deniedAlive.Fails();
        Listed.Names(Peers.Member);
        await StartAsync(new ExceptMembershipSource(Listed, deniedAlive));
        Assert.That(Admitted, Is.Empty);

        deniedAlive.Names();
        await RefreshAsync();
        await Eventually.TrueAsync(() => Admitted.Length == 1, "the members");
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member }));
    }

    [Test]
    public async Task What_sightings_deny_stays_denied_however_old_they_are_and_until_it_is_revoked()
    {
        NetworkOnlyOption option = NetworkOptions.Patient;
        TimeSpan lifetime = option.MaxAge + option.Grace;
        var bans = new ScriptedSource(MembershipKind.Sightings);
        Listed.Names(Peers.Member, Peers.OtherMember, Peers.Stranger);
        Task start = StartAsync(new ExceptMembershipSource(Listed, bans), option);
        Member old = new(Peers.OtherMember, Time.GetUtcNow() - TimeSpan.FromDays(365));
        (await bans.NextReadAsync()).Returns([new Member(Peers.Stranger, Time.GetUtcNow()), old]);
        await start;
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member }));

        for (TimeSpan passed = TimeSpan.Zero; passed <= 2 * lifetime; passed += option.MaxAge / 4)
            await ReadAsync(option.MaxAge / 4, new Member(Peers.Self)); // somebody else: a look that counts
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member }));

        await ReadAsync(Refresh, new Member(Peers.Stranger, Revoked: true));
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member, Peers.Stranger }));

        async Task ReadAsync(TimeSpan later, Member named)
        {
            MembershipStatus before = Service.Status;
            Time.Advance(later);
            (await bans.NextReadAsync()).Returns([named]);
            await Eventually.TrueAsync(
                () => Service.Status.Sources.Single(source => source.Source == bans).RefreshedAt != before.Sources.Single(source => source.Source == bans).RefreshedAt,
                "the read");
        }
    }

    [Test]
    public async Task The_window_opens_once_what_is_denied_is_known_and_closes_over_who_is_seen()
    {
        var deniedAlive = new ToldSource(MembershipKind.Sightings);
        deniedAlive.Fails();
        await StartAsync(new ExceptMembershipSource(Alive, deniedAlive));
        Assert.That(Admitted, Is.Empty, "nobody knows who is denied");

        deniedAlive.Names(Peers.Stranger);
        await RefreshAsync();
        await Eventually.TrueAsync(() => Acl.IsWindowOpen, "the window");
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member, Peers.OtherMember }), "everyone but who is denied");

        Alive.Names(Peers.Member, Peers.Stranger);
        await RefreshAsync();
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member }));
    }

    [Test]
    public async Task The_members_that_are_seen_before_what_is_denied_is_known_are_admitted_when_it_is()
    {
        var deniedAlive = new ToldSource(MembershipKind.Sightings);
        deniedAlive.Fails();
        await StartAsync(new ExceptMembershipSource(Alive, deniedAlive));

        Alive.Names(Peers.Member, Peers.Stranger);
        await RefreshAsync();
        Assert.That(Admitted, Is.Empty);

        deniedAlive.Names(Peers.Stranger);
        await RefreshAsync();
        await Eventually.TrueAsync(() => Admitted.Length > 0, "the members");
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member }));
        Assert.That(Acl.IsWindowOpen, Is.False);
    }

    [Test]
    public async Task A_window_whose_time_is_up_before_what_is_denied_is_known_does_not_open_any_more()
    {
        TimeSpan timeout = TimeSpan.FromSeconds(40);
        var deniedAlive = new ToldSource(MembershipKind.Sightings);
        deniedAlive.Fails();
        await StartAsync(new ExceptMembershipSource(Alive, deniedAlive), NetworkOptions.Patient with { BootstrapTimeout = timeout });
        await RefreshAsync();
        MembershipStatus before = Service.Status;
        Time.Advance(timeout - Refresh);
        await Eventually.TrueAsync(() => !ReferenceEquals(before, Service.Status), "the end of the window");

        deniedAlive.Names(Peers.Stranger);
        await RefreshAsync();
        Assert.That(Admitted, Is.Empty);

        Alive.Names(Peers.Member, Peers.Stranger);
        await RefreshAsync();
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member }));
    }

    [Test]
    public async Task A_start_that_failed_because_what_is_denied_could_not_be_read_does_not_use_the_window_up()
    {
        Denied.Fails();
        var source = new ExceptMembershipSource(Alive, Denied);
        Assert.ThrowsAsync<MembershipException>(() => StartAsync(source));
        Assert.That(Admitted, Is.Empty);

        Denied.Names(Peers.Stranger);
        await Service.StartAsync(CancellationToken.None).InTime();
        Assert.That(Acl.IsWindowOpen, Is.True);
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member, Peers.OtherMember }));
    }

    [Test]
    public async Task While_what_is_denied_is_not_known_a_union_admits_its_other_parts()
    {
        var deniedAlive = new ToldSource(MembershipKind.Sightings);
        deniedAlive.Fails();
        Listed.Names(Peers.OtherMember);
        await StartAsync(new UnionMembershipSource(new ExceptMembershipSource(Alive, deniedAlive), Listed));
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.OtherMember }));

        deniedAlive.Names(Peers.Stranger);
        await RefreshAsync();
        await Eventually.TrueAsync(() => Acl.IsWindowOpen, "the window");
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member, Peers.OtherMember }));
    }

    [Test]
    public async Task What_is_denied_is_told_once_as_a_window_that_is_held_shut()
    {
        var deniedAlive = new ToldSource(MembershipKind.Sightings);
        deniedAlive.Fails();
        await StartAsync(new ExceptMembershipSource(Alive, deniedAlive));
        await RefreshAsync();
        deniedAlive.Names();
        await RefreshAsync();
        Alive.Names(Peers.Member);
        await RefreshAsync();

        Assert.That(Log.Ids.Where(id => id is WindowIsOpen or WindowIsClosed or WindowIsHeld), Is.EqualTo(new[] { WindowIsHeld, WindowIsOpen, WindowIsClosed }));
    }

    [Test]
    public void An_authoritative_part_that_fails_at_start_is_an_error_that_names_it()
    {
        Denied.Fails();
        Alive.Names(Peers.Member);
        MembershipException? e = Assert.ThrowsAsync<MembershipException>(() => StartAsync(new ExceptMembershipSource(Alive, Denied)));
        Assert.That(e!.Reason, Is.EqualTo(MembershipError.Unreadable));
        Assert.That(IsAdmitted(Peers.Stranger), Is.False, "what is denied is not known");
    }

    [Test]
    public async Task Within_a_source_of_the_applications_own_deny_wins_over_the_window_and_over_who_was_seen()
    {
        Denied.Names(Peers.Stranger);
        await StartAsync(new Wrapping(new ExceptMembershipSource(Alive, Denied)));
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member, Peers.OtherMember }), "in the window");

        Alive.Names(Peers.Member, Peers.OtherMember);
        await RefreshAsync();
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member, Peers.OtherMember }));

        Denied.Names(Peers.Stranger, Peers.OtherMember);
        await RefreshAsync();
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member }));
    }

    private const int WindowIsOpen = 3002;
    private const int WindowIsClosed = 3003;
    private const int WindowIsHeld = 3014;

    /// <summary>A source of the application's own around another.</summary>
    private sealed class Wrapping(IMembershipSource inner) : IMembershipSource
    {
        public MembershipKind Kind => inner.Kind;

        public ValueTask<MembershipSnapshot> ReadAsync(CancellationToken cancellationToken) => inner.ReadAsync(cancellationToken);
    }
}
