using Relay.TestKit;

namespace Relay.Tests;

/// <summary>Sources made of others, as a node reads them: part by part.</summary>
internal sealed class CombinedMembershipSourceTests : CombinedSourceTest
{
    private const int WindowIsClosed = 3003;

    [Test]
    public async Task A_union_admits_the_members_of_each_part()
    {
        Listed.Names(Peers.Member);
        Alive.Names(Peers.OtherMember);
        await StartAsync(new UnionMembershipSource(Listed, Alive));
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member, Peers.OtherMember }));
    }

    [Test]
    public async Task A_union_is_open_while_the_window_of_a_part_is()
    {
        Listed.Names(Peers.Member);
        await StartAsync(new UnionMembershipSource(Listed, Alive));
        Assert.That(Acl.IsWindowOpen, Is.True);

        Alive.Names(Peers.OtherMember);
        await RefreshAsync();
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member, Peers.OtherMember }));
    }

    [Test]
    public async Task An_intersection_admits_whom_every_part_names_and_its_window_is_the_other_part()
    {
        Listed.Names(Peers.Member, Peers.OtherMember);
        await StartAsync(new IntersectionMembershipSource(Listed, Alive));
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member, Peers.OtherMember }), "during the window");

        Alive.Names(Peers.Member, Peers.Stranger);
        await RefreshAsync();
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member }));
    }

    [Test]
    public async Task A_part_that_fails_keeps_what_it_said_and_the_others_move_on()
    {
        Listed.Names(Peers.Member, Peers.OtherMember, Peers.Stranger);
        Denied.Names(Peers.Stranger);
        await StartAsync(new ExceptMembershipSource(Listed, Denied));

        Denied.Fails();
        Listed.Names(Peers.Member, Peers.Stranger);
        await RefreshAsync();
        await Eventually.TrueAsync(() => Admitted.Length == 1, "the members");

        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member }));
        Assert.That(Service.Status.LastError, Is.Not.Null);
        Assert.That(Service.Status.Sources.Select(source => (source.Source, source.Errors)), Is.EqualTo(new[] { ((IMembershipSource)Listed, 0L), (Denied, 1L) }));
    }

    [Test]
    public async Task A_part_that_adds_nobody_and_was_never_read_does_not_hold_the_window()
    {
        var other = new ToldSource(MembershipKind.Sightings);
        other.Fails();
        Alive.Names(Peers.Member);
        await StartAsync(new IntersectionMembershipSource(Alive, other));
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member }));
        Assert.That((Acl.IsWindowOver, Log.Ids.Last()), Is.EqualTo((true, WindowIsClosed)));
    }

    [Test]
    public async Task A_part_that_has_never_answered_is_how_old_the_whole_is()
    {
        var other = new ToldSource(MembershipKind.Sightings);
        other.Fails();
        Alive.Names(Peers.Member);
        await StartAsync(new UnionMembershipSource(Alive, other));
        await RefreshAsync();
        await RefreshAsync();

        MembershipStatus status = Service.StatusNow;
        Assert.That((status.RefreshedAt, status.TakenAt, status.Age), Is.EqualTo(((DateTimeOffset?)null, (DateTimeOffset?)null, (TimeSpan?)(Refresh * 2))));
    }

    [Test]
    public async Task Who_leaves_an_authoritative_part_leaves_at_once_and_who_is_not_seen_does_not()
    {
        Listed.Names(Peers.Member);
        Alive.Names(Peers.OtherMember);
        await StartAsync(new UnionMembershipSource(Listed, Alive));

        Listed.Names();
        Alive.Names(Peers.Stranger);
        await RefreshAsync();
        await Eventually.TrueAsync(() => Acl.MemberCount == 2, "the members");

        Assert.That(Admitted, Is.EqualTo(new[] { Peers.OtherMember, Peers.Stranger }));
    }

    [Test]
    public async Task A_source_that_is_there_twice_is_read_once()
    {
        Alive.Names(Peers.Member);
        await StartAsync(new UnionMembershipSource(Alive, new ExceptMembershipSource(Alive, Denied)));
        Assert.That(Alive.Reads, Is.EqualTo(1));
        Assert.That(Admitted, Is.EqualTo(new[] { Peers.Member }));
    }

    [Test]
    public void The_kind_says_whether_there_can_be_a_window()
    {
        MembershipKind[] kinds =
        [
            new UnionMembershipSource(Listed, Alive).Kind,
            new UnionMembershipSource(Listed, Denied).Kind,
            new IntersectionMembershipSource(Listed, Alive).Kind,
            new IntersectionMembershipSource(Alive, Alive).Kind,
            new ExceptMembershipSource(Alive, Denied).Kind,
            new ExceptMembershipSource(Listed, Alive).Kind,
        ];
        Assert.That(kinds.Select(kind => kind == MembershipKind.Sightings), Is.EqualTo(new[] { true, false, false, true, true, false }));
    }

    [Test]
    public void Nothing_and_null_cannot_be_combined()
    {
        Assert.That(() => new UnionMembershipSource(), Throws.ArgumentException);
        Assert.That(() => new IntersectionMembershipSource(Listed, null!), Throws.ArgumentException);
        Assert.That(() => new ExceptMembershipSource(Listed, null!), Throws.ArgumentException);
    }

    [Test]
    public async Task Read_directly_a_combination_is_what_its_parts_say_now()
    {
        Listed.Names(Peers.Member, Peers.Stranger);
        Denied.Names(Peers.Stranger);
        MembershipSnapshot snapshot = await new ExceptMembershipSource(Listed, Denied).ReadAsync(CancellationToken.None);
        Assert.That((snapshot.Kind, snapshot.Members.Single().PeerId), Is.EqualTo((MembershipKind.Authoritative, Peers.Member)));
    }

    [Test]
    public async Task Read_directly_it_names_whom_it_denies()
    {
        Denied.Names(Peers.Stranger);
        var source = new ExceptMembershipSource(Alive, Denied);
        Assert.That(await ReadAsync(source), Is.EqualTo(new[] { new Member(Peers.Stranger, Revoked: true) }), "in the window");

        Alive.Names(Peers.Member, Peers.Stranger);
        Assert.That(await ReadAsync(source), Is.EqualTo(new[] { new Member(Peers.Member), new Member(Peers.Stranger, Revoked: true) }));
        Assert.That(
            await ReadAsync(new UnionMembershipSource(source, new ToldSource(MembershipKind.Authoritative))),
            Is.EqualTo(new[] { new Member(Peers.Member), new Member(Peers.Stranger, Revoked: true) }),
            "within another");
        Listed.Names(Peers.Stranger);
        Assert.That((await ReadAsync(new UnionMembershipSource(source, Listed))).Where(static member => member.Revoked), Is.Empty, "a union has members of either");
    }

    [Test]
    public async Task Read_directly_sightings_that_deny_and_saw_nobody_deny_nobody()
    {
        Alive.Names(Peers.Member);
        Assert.That(await ReadAsync(new ExceptMembershipSource(Alive, new ToldSource(MembershipKind.Sightings))), Is.EqualTo(new[] { new Member(Peers.Member) }));
    }

    private static async Task<IReadOnlyList<Member>> ReadAsync(IMembershipSource source) => (await source.ReadAsync(CancellationToken.None)).Members;
}
