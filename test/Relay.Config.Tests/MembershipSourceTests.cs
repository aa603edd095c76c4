using System.Collections.Immutable;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Tests;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class MembershipSourceTests
{
    private readonly ManualTimeProvider _time = new();

    [Test]
    public async Task A_static_source_copies_its_members_and_is_authoritative()
    {
        var members = new List<PeerId> { Peers.Member };
        IMembershipSource source = new StaticMembershipSource(members, _time);
        members.Clear();

        MembershipSnapshot snapshot = await source.ReadAsync(CancellationToken.None).InTime();
        MembershipSnapshot again = await source.ReadAsync(CancellationToken.None).InTime();

        Assert.That((source.Kind, snapshot.Kind, snapshot.TakenAt), Is.EqualTo((MembershipKind.Authoritative, MembershipKind.Authoritative, _time.GetUtcNow())));
        Assert.That(snapshot.Members, Is.EqualTo(new[] { new Member(Peers.Member) }));
        Assert.That(again.Members == snapshot.Members, Is.True, "the very same array: nothing changed");
    }

    [Test]
    public void A_static_source_has_no_null_members()
    {
        Assert.That(() => new StaticMembershipSource([null!]), Throws.ArgumentException);
        Assert.That(() => new StaticMembershipSource(null!), Throws.ArgumentNullException);
    }

    [Test]
    public async Task A_delegate_source_stamps_what_the_function_returns()
    {
        var source = new DelegateMembershipSource(MembershipKind.Sightings, async _ => await Task.FromResult(new[] { Peers.Member }), _time);

        MembershipSnapshot snapshot = await source.ReadAsync(CancellationToken.None).InTime();

        Assert.That((snapshot.Kind, snapshot.TakenAt), Is.EqualTo((MembershipKind.Sightings, _time.GetUtcNow())));
        Assert.That(snapshot.Members, Is.EqualTo(new[] { new Member(Peers.Member) }));
    }

    [Test]
    public async Task A_delegate_source_passes_whole_snapshots_and_the_token_on()
    {
        using var cancel = new CancellationTokenSource();
        CancellationToken seen = default;
        var snapshot = new MembershipSnapshot(MembershipKind.Sightings, default, [new Member(Peers.Member, DateTimeOffset.UnixEpoch)]);
        var source = new DelegateMembershipSource(MembershipKind.Sightings, token =>
        {
            seen = token;
            return ValueTask.FromResult(snapshot);
        });

        Assert.That(await source.ReadAsync(cancel.Token).InTime(), Is.SameAs(snapshot));
        Assert.That(seen, Is.EqualTo(cancel.Token));
    }

    [Test]
    public void A_delegate_source_tells_its_subscribers_until_they_leave()
    {
        var source = new DelegateMembershipSource(MembershipKind.Authoritative, _ => ValueTask.FromResult<IEnumerable<PeerId>>([]));
        int told = 0;
        void Callback() => told++;
        IDisposable first = source.OnChanged(Callback);
        IDisposable second = source.OnChanged(Callback);

        source.NotifyChanged();
        first.Dispose();
        first.Dispose();
        source.NotifyChanged();
        second.Dispose();
        source.NotifyChanged();

        Assert.That(told, Is.EqualTo(3));
    }

    [Test]
    public void A_source_of_ones_own_is_authoritative_and_signals_nothing_unless_it_says_otherwise()
    {
        IMembershipSource source = new Own();

        Assert.That(source.Kind, Is.EqualTo(MembershipKind.Authoritative));
        Assert.That(() => source.OnChanged(() => { }).Dispose(), Throws.Nothing);
    }

    [Test]
    public void A_snapshot_is_a_copy_and_has_no_members_without_an_id()
    {
        var members = new List<Member> { new(Peers.Member) };
        var snapshot = new MembershipSnapshot(MembershipKind.Authoritative, default, members);
        members.Clear();

        Assert.That(snapshot.Members, Has.Length.EqualTo(1));
        Assert.That(snapshot.Invalid, Is.Empty);
        Assert.That(() => new MembershipSnapshot(MembershipKind.Authoritative, default, [default]), Throws.ArgumentException);
        Assert.That(() => new MembershipSnapshot(MembershipKind.Authoritative, default, default(ImmutableArray<Member>)), Throws.Exception);
    }

    private sealed class Own : IMembershipSource
    {
        public ValueTask<MembershipSnapshot> ReadAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
