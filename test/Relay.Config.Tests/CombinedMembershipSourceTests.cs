using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Tests;

/// <summary>Sources made of others, as a node reads them: part by part.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class CombinedMembershipSourceTests
{
    private static readonly TimeSpan Refresh = NetworkOptions.Default.Refresh;

    private readonly ManualTimeProvider _time = new();
    private readonly NetworkOnlyAcl _acl = new();
    private readonly RecordingLoggerFactory _log = new();
    private readonly Part _static = new(MembershipKind.Authoritative);
    private readonly Part _alive = new(MembershipKind.Sightings);
    private readonly Part _denied = new(MembershipKind.Authoritative);
    private NetworkService? _service;

    [TearDown]
    public async Task StopAsync()
    {
        if (_service is not null)
            await _service.DisposeAsync();
        _log.Dispose();
    }

    [Test]
    public async Task A_union_admits_the_members_of_each_part()
    {
        _static.Names(Peers.Member);
        _alive.Names(Peers.OtherMember);
        await StartAsync(new UnionMembershipSource(_static, _alive));
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member, Peers.OtherMember }));
    }

    [Test]
    public async Task A_union_is_open_while_the_window_of_a_part_is()
    {
        _static.Names(Peers.Member);
        await StartAsync(new UnionMembershipSource(_static, _alive));
        Assert.That(_acl.IsWindowOpen, Is.True);

        _alive.Names(Peers.OtherMember);
        await RefreshAsync();
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member, Peers.OtherMember }));
    }

    [Test]
    public async Task An_intersection_admits_whom_every_part_names_and_its_window_is_the_other_part()
    {
        _static.Names(Peers.Member, Peers.OtherMember);
        await StartAsync(new IntersectionMembershipSource(_static, _alive));
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member, Peers.OtherMember }), "during the window");

        _alive.Names(Peers.Member, Peers.Stranger);
        await RefreshAsync();
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member }));
    }

    [Test]
    public async Task What_is_denied_wins_over_a_member_and_over_the_open_window()
    {
        _denied.Names(Peers.Stranger);
        await StartAsync(new ExceptMembershipSource(_alive, _denied));
        Assert.That(_acl.IsWindowOpen, Is.True);
        Assert.That(IsAdmitted(Peers.Stranger), Is.False);
        Assert.That(IsAdmitted(Peers.Member), Is.True);

        _alive.Names(Peers.Member, Peers.Stranger);
        await RefreshAsync();
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member }));
    }

    [Test]
    public async Task A_change_of_what_is_denied_counts_at_once_when_it_is_signalled()
    {
        _static.Names(Peers.Member, Peers.OtherMember);
        await StartAsync(new ExceptMembershipSource(_static, _denied));

        _denied.Names(Peers.Member);
        MembershipStatus before = _service!.Status;
        _denied.Signal();
        await Eventually.TrueAsync(() => !ReferenceEquals(_service.Status, before), "the change");

        Assert.That(Admitted, Is.EqualTo(new[] { Peers.OtherMember }));
        Assert.That(_static.Reads, Is.EqualTo(1), "the other part is left alone");
    }

    [Test]
    public async Task A_part_that_fails_keeps_what_it_said_and_the_others_move_on()
    {
        _static.Names(Peers.Member, Peers.OtherMember, Peers.Stranger);
        _denied.Names(Peers.Stranger);
        await StartAsync(new ExceptMembershipSource(_static, _denied));

        _denied.Fails();
        _static.Names(Peers.Member, Peers.Stranger);
        await RefreshAsync();
        await Eventually.TrueAsync(() => Admitted.Length == 1, "the members");

        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member }));
        Assert.That(_service!.Status.LastError, Is.Not.Null);
        Assert.That(_service.Status.Sources.Select(source => (source.Source, source.Errors)), Is.EqualTo(new[] { ((IMembershipSource)_static, 0L), (_denied, 1L) }));
    }

    [Test]
    public async Task Sightings_that_deny_and_were_never_read_deny_everyone()
    {
        var deniedAlive = new Part(MembershipKind.Sightings);
        deniedAlive.Fails();
        _static.Names(Peers.Member);
        await StartAsync(new ExceptMembershipSource(_static, deniedAlive));
        Assert.That(Admitted, Is.Empty);

        deniedAlive.Names();
        await RefreshAsync();
        await Eventually.TrueAsync(() => Admitted.Length == 1, "the members");
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member }));
    }

    [Test]
    public async Task The_window_opens_once_what_is_denied_is_known_and_closes_over_who_is_seen()
    {
        var deniedAlive = new Part(MembershipKind.Sightings);
        deniedAlive.Fails();
        await StartAsync(new ExceptMembershipSource(_alive, deniedAlive));
        Assert.That(Admitted, Is.Empty, "nobody knows who is denied");

        deniedAlive.Names(Peers.Stranger);
        await RefreshAsync();
        await Eventually.TrueAsync(() => _acl.IsWindowOpen, "the window");
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member, Peers.OtherMember }), "everyone but who is denied");

        _alive.Names(Peers.Member, Peers.Stranger);
        await RefreshAsync();
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member }));
    }

    [Test]
    public async Task The_members_that_are_seen_before_what_is_denied_is_known_are_admitted_when_it_is()
    {
        var deniedAlive = new Part(MembershipKind.Sightings);
        deniedAlive.Fails();
        await StartAsync(new ExceptMembershipSource(_alive, deniedAlive));

        _alive.Names(Peers.Member, Peers.Stranger);
        await RefreshAsync();
        Assert.That(Admitted, Is.Empty);

        deniedAlive.Names(Peers.Stranger);
        await RefreshAsync();
        await Eventually.TrueAsync(() => Admitted.Length > 0, "the members");
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member }));
        Assert.That(_acl.IsWindowOpen, Is.False);
    }

    [Test]
    public async Task A_window_whose_time_is_up_before_what_is_denied_is_known_does_not_open_any_more()
    {
        TimeSpan timeout = TimeSpan.FromSeconds(40);
        var deniedAlive = new Part(MembershipKind.Sightings);
        deniedAlive.Fails();
        await StartAsync(new ExceptMembershipSource(_alive, deniedAlive), NetworkOptions.Default with { BootstrapTimeout = timeout });
        await RefreshAsync();
        MembershipStatus before = _service!.Status;
        _time.Advance(timeout - Refresh);
        await Eventually.TrueAsync(() => !ReferenceEquals(before, _service.Status), "the end of the window");

        deniedAlive.Names(Peers.Stranger);
        await RefreshAsync();
        Assert.That(Admitted, Is.Empty);

        _alive.Names(Peers.Member, Peers.Stranger);
        await RefreshAsync();
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member }));
    }

    [Test]
    public async Task A_start_that_failed_because_what_is_denied_could_not_be_read_does_not_use_the_window_up()
    {
        _denied.Fails();
        var source = new ExceptMembershipSource(_alive, _denied);
        Assert.ThrowsAsync<MembershipException>(() => StartAsync(source));
        Assert.That(Admitted, Is.Empty);

        _denied.Names(Peers.Stranger);
        await _service!.StartAsync(CancellationToken.None).InTime();
        Assert.That(_acl.IsWindowOpen, Is.True);
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member, Peers.OtherMember }));
    }

    [Test]
    public async Task While_what_is_denied_is_not_known_a_union_admits_its_other_parts()
    {
        var deniedAlive = new Part(MembershipKind.Sightings);
        deniedAlive.Fails();
        _static.Names(Peers.OtherMember);
        await StartAsync(new UnionMembershipSource(new ExceptMembershipSource(_alive, deniedAlive), _static));
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.OtherMember }));

        deniedAlive.Names(Peers.Stranger);
        await RefreshAsync();
        await Eventually.TrueAsync(() => _acl.IsWindowOpen, "the window");
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member, Peers.OtherMember }));
    }

    [Test]
    public async Task What_is_denied_is_told_once_as_a_window_that_is_held_shut()
    {
        var deniedAlive = new Part(MembershipKind.Sightings);
        deniedAlive.Fails();
        await StartAsync(new ExceptMembershipSource(_alive, deniedAlive));
        await RefreshAsync();
        deniedAlive.Names();
        await RefreshAsync();
        _alive.Names(Peers.Member);
        await RefreshAsync();

        Assert.That(_log.Ids.Where(id => id is WindowIsOpen or WindowIsClosed or WindowIsHeld), Is.EqualTo(new[] { WindowIsHeld, WindowIsOpen, WindowIsClosed }));
    }

    [Test]
    public async Task A_part_that_has_never_answered_is_how_old_the_whole_is()
    {
        var other = new Part(MembershipKind.Sightings);
        other.Fails();
        _alive.Names(Peers.Member);
        await StartAsync(new UnionMembershipSource(_alive, other));
        await RefreshAsync();
        await RefreshAsync();

        MembershipStatus status = _service!.StatusNow;
        Assert.That((status.RefreshedAt, status.TakenAt, status.Age), Is.EqualTo(((DateTimeOffset?)null, (DateTimeOffset?)null, (TimeSpan?)(Refresh * 2))));
    }

    [Test]
    public void An_authoritative_part_that_fails_at_start_is_an_error_that_names_it()
    {
        _denied.Fails();
        _alive.Names(Peers.Member);
        MembershipException? e = Assert.ThrowsAsync<MembershipException>(() => StartAsync(new ExceptMembershipSource(_alive, _denied)));
        Assert.That(e!.Reason, Is.EqualTo(MembershipError.Unreadable));
        Assert.That(IsAdmitted(Peers.Stranger), Is.False, "what is denied is not known");
    }

    [Test]
    public async Task Who_leaves_an_authoritative_part_leaves_at_once_and_who_is_not_seen_does_not()
    {
        _static.Names(Peers.Member);
        _alive.Names(Peers.OtherMember);
        await StartAsync(new UnionMembershipSource(_static, _alive));

        _static.Names();
        _alive.Names(Peers.Stranger);
        await RefreshAsync();
        await Eventually.TrueAsync(() => _acl.MemberCount == 2, "the members");

        Assert.That(Admitted, Is.EqualTo(new[] { Peers.OtherMember, Peers.Stranger }));
    }

    [Test]
    public async Task A_source_that_is_there_twice_is_read_once()
    {
        _alive.Names(Peers.Member);
        await StartAsync(new UnionMembershipSource(_alive, new ExceptMembershipSource(_alive, _denied)));
        Assert.That(_alive.Reads, Is.EqualTo(1));
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member }));
    }

    [Test]
    public void The_kind_says_whether_there_can_be_a_window()
    {
        MembershipKind[] kinds =
        [
            new UnionMembershipSource(_static, _alive).Kind,
            new UnionMembershipSource(_static, _denied).Kind,
            new IntersectionMembershipSource(_static, _alive).Kind,
            new IntersectionMembershipSource(_alive, _alive).Kind,
            new ExceptMembershipSource(_alive, _denied).Kind,
            new ExceptMembershipSource(_static, _alive).Kind,
        ];
        Assert.That(kinds.Select(kind => kind == MembershipKind.Sightings), Is.EqualTo(new[] { true, false, false, true, true, false }));
    }

    [Test]
    public void Nothing_and_null_cannot_be_combined()
    {
        Assert.That(() => new UnionMembershipSource(), Throws.ArgumentException);
        Assert.That(() => new IntersectionMembershipSource(_static, null!), Throws.ArgumentException);
        Assert.That(() => new ExceptMembershipSource(_static, null!), Throws.ArgumentException);
    }

    [Test]
    public async Task Read_directly_a_combination_is_what_its_parts_say_now()
    {
        _static.Names(Peers.Member, Peers.Stranger);
        _denied.Names(Peers.Stranger);
        MembershipSnapshot snapshot = await new ExceptMembershipSource(_static, _denied).ReadAsync(CancellationToken.None);
        Assert.That((snapshot.Kind, snapshot.Members.Single().PeerId), Is.EqualTo((MembershipKind.Authoritative, Peers.Member)));
    }

    [Test]
    public async Task Read_directly_it_names_whom_it_denies()
    {
        _denied.Names(Peers.Stranger);
        var source = new ExceptMembershipSource(_alive, _denied);
        Assert.That(await ReadAsync(source), Is.EqualTo(new[] { new Member(Peers.Stranger, Revoked: true) }), "in the window");

        _alive.Names(Peers.Member, Peers.Stranger);
        Assert.That(await ReadAsync(source), Is.EqualTo(new[] { new Member(Peers.Member), new Member(Peers.Stranger, Revoked: true) }));
        Assert.That(
            await ReadAsync(new UnionMembershipSource(source, new Part(MembershipKind.Authoritative))),
            Is.EqualTo(new[] { new Member(Peers.Member), new Member(Peers.Stranger, Revoked: true) }),
            "within another");
        _static.Names(Peers.Stranger);
        Assert.That((await ReadAsync(new UnionMembershipSource(source, _static))).Where(static member => member.Revoked), Is.Empty, "a union has members of either");
    }

    [Test]
    public async Task Read_directly_sightings_that_deny_and_saw_nobody_deny_nobody()
    {
        _alive.Names(Peers.Member);
        Assert.That(await ReadAsync(new ExceptMembershipSource(_alive, new Part(MembershipKind.Sightings))), Is.EqualTo(new[] { new Member(Peers.Member) }));
    }

    [Test]
    public async Task Within_a_source_of_the_applications_own_deny_wins_over_the_window_and_over_who_was_seen()
    {
        _denied.Names(Peers.Stranger);
        await StartAsync(new Wrapping(new ExceptMembershipSource(_alive, _denied)));
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member, Peers.OtherMember }), "in the window");

        _alive.Names(Peers.Member, Peers.OtherMember);
        await RefreshAsync();
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member, Peers.OtherMember }));

        _denied.Names(Peers.Stranger, Peers.OtherMember);
        await RefreshAsync();
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member }));
    }

    private const int WindowIsOpen = 3002;
    private const int WindowIsClosed = 3003;
    private const int WindowIsHeld = 3014;

    private static async Task<IReadOnlyList<Member>> ReadAsync(IMembershipSource source) => (await source.ReadAsync(CancellationToken.None)).Members;

    private PeerId[] Admitted => [.. new[] { Peers.Member, Peers.OtherMember, Peers.Stranger }.Where(IsAdmitted)];

    private bool IsAdmitted(PeerId peer) => _acl.AllowReserve(peer, Peers.Address).IsAllowed;

    private Task StartAsync(IMembershipSource source, NetworkOnlyOption? option = null)
    {
        _service = new NetworkService(_acl, source, option ?? NetworkOptions.Default, Peers.Self, _time, _log) { Random = () => 0 };
        return _service.StartAsync(CancellationToken.None).InTime();
    }

    // All parts have been read again, and what they said has been dealt with.
    private async Task RefreshAsync()
    {
        DateTimeOffset before = _time.GetUtcNow();
        _time.Advance(Refresh);
        await Eventually.TrueAsync(
            () => _service!.Status.Sources.All(source => source.RefreshedAt > before || source.LastError is not null), "the refresh of every part");
    }

    /// <summary>A source of the application's own around another.</summary>
    private sealed class Wrapping(IMembershipSource inner) : IMembershipSource
    {
        public MembershipKind Kind => inner.Kind;

        public ValueTask<MembershipSnapshot> ReadAsync(CancellationToken cancellationToken) => inner.ReadAsync(cancellationToken);
    }

    /// <summary>A source that says what it is told to.</summary>
    private sealed class Part(MembershipKind kind) : IMembershipSource
    {
        private PeerId[] _members = [];
        private bool _fails;
        private Action? _changed;
        private int _reads;

        public MembershipKind Kind => kind;

        public int Reads => Volatile.Read(ref _reads);

        public void Names(params PeerId[] members)
        {
            Volatile.Write(ref _fails, false);
            Volatile.Write(ref _members, members);
        }

        public void Fails() => Volatile.Write(ref _fails, true);

        public void Signal() => _changed?.Invoke();

        public ValueTask<MembershipSnapshot> ReadAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _reads);
            if (Volatile.Read(ref _fails))
                throw new IOException("gone");
            return ValueTask.FromResult(new MembershipSnapshot(kind, default, Volatile.Read(ref _members).Select(peer => new Member(peer))));
        }

        public IDisposable OnChanged(Action callback)
        {
            _changed += callback;
            return new Ending(() => _changed -= callback);
        }

        private sealed class Ending(Action end) : IDisposable
        {
            public void Dispose() => end();
        }
    }
}
