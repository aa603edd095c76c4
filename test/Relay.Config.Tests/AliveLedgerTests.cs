using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Tests;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class AliveLedgerTests
{
    private readonly ManualTimeProvider _time = new();
    private AliveLedger _ledger = null!;

    private DateTimeOffset Now => _time.GetUtcNow();

    [SetUp]
    public void Create() => _ledger = new AliveLedger(_time);

    [Test]
    public async Task Who_is_announced_is_sighted_at_the_newest_of_its_times()
    {
        DateTimeOffset at = Now;
        Assert.That(_ledger.Announce(Peers.Member, at), Is.True);
        Assert.That(_ledger.Announce(Peers.Member, at.AddSeconds(-5)), Is.True);

        Assert.That(await ReadAsync(), Is.EqualTo(new[] { new Member(Peers.Member, at) }));
    }

    [Test]
    public void An_announcement_counts_up_to_exactly_the_largest_age_and_the_skew()
    {
        Assert.Multiple(() =>
        {
            Assert.That(_ledger.Announce(Peers.Member, Now - _ledger.MaxAge), Is.True);
            Assert.That(_ledger.Announce(Peers.OtherMember, Now - _ledger.MaxAge - TimeSpan.FromTicks(1)), Is.False);
            Assert.That(_ledger.Announce(Peers.Member, Now + _ledger.MaxClockSkew), Is.True);
            Assert.That(_ledger.Announce(Peers.OtherMember, Now + _ledger.MaxClockSkew + TimeSpan.FromTicks(1)), Is.False);
        });
    }

    [Test]
    public async Task The_stale_are_scrubbed_and_told_of()
    {
        List<AliveChange> changes = [];
        using IDisposable observing = _ledger.Observe(changes.Add);
        _ledger.Announce(Peers.Member, Now);
        _time.Advance(_ledger.MaxAge);
        Assert.That(_ledger.Scrub(), Is.Zero, "exactly at the largest age");

        _time.Advance(TimeSpan.FromTicks(1));
        Assert.That(await ReadAsync(), Is.Empty);
        Assert.That(changes, Is.EqualTo(new[] { new AliveChange(Peers.Member, AliveChangeKind.Joined), new AliveChange(Peers.Member, AliveChangeKind.Silent) }));
    }

    [Test]
    public async Task Heartbeats_count_after_the_wall_clock_was_set_back()
    {
        _ledger.Announce(Peers.Member, Now);
        _time.JumpWallClock(TimeSpan.FromHours(-1));
        _time.Advance(TimeSpan.FromMinutes(2));

        Assert.That(_ledger.Announce(Peers.Member, Now), Is.True);
        Assert.That(await ReadAsync(), Is.EqualTo(new[] { new Member(Peers.Member, Now) }));
    }

    [TestCase(1)]
    [TestCase(-1)]
    public async Task A_wall_clock_that_jumps_neither_scrubs_nor_keeps_anybody(int hours)
    {
        _ledger.Announce(Peers.Member, Now);
        _time.JumpWallClock(TimeSpan.FromHours(hours));
        _time.Advance(_ledger.MaxAge);
        Assert.That(await ReadAsync(), Has.Count.EqualTo(1));

        _time.Advance(TimeSpan.FromTicks(1));
        Assert.That(await ReadAsync(), Is.Empty);
    }

    [Test]
    public void Who_was_seen_before_the_wall_clock_was_set_back_and_then_revoked_comes_back_once_that_is_over()
    {
        _ledger.Announce(Peers.Member, Now);
        _time.JumpWallClock(TimeSpan.FromHours(-1));
        _ledger.Revoke(Peers.Member);
        _time.Advance(_ledger.MaxAge + _ledger.MaxClockSkew);
        _ledger.Scrub();
        Assert.That(_ledger.Announce(Peers.Member, Now), Is.False);

        _time.Advance(TimeSpan.FromTicks(1));
        _ledger.Scrub();
        Assert.That(_ledger.Announce(Peers.Member, Now), Is.True);
    }

    [Test]
    public void A_revocation_lasts_for_as_long_as_a_sighting_from_before_it_could_count()
    {
        DateTimeOffset ahead = Now + _ledger.MaxClockSkew;
        _ledger.Announce(Peers.Member, ahead);
        _ledger.Revoke(Peers.Member);
        _time.Advance(_ledger.MaxAge + _ledger.MaxClockSkew);
        _ledger.Scrub();
        Assert.That(_ledger.Announce(Peers.Member, ahead), Is.False, "exactly as old as may be");

        _time.Advance(TimeSpan.FromTicks(1));
        _ledger.Scrub();
        Assert.That((_ledger.Announce(Peers.Member, ahead), _ledger.Announce(Peers.Member, ahead.AddTicks(1))), Is.EqualTo((false, true)));
    }

    [Test]
    public async Task Who_is_revoked_comes_back_by_a_later_announcement_only()
    {
        _ledger.Announce(Peers.Member, Now.AddSeconds(10));
        _ledger.Revoke(Peers.Member);

        Assert.That(_ledger.Announce(Peers.Member, Now.AddSeconds(10)), Is.False);
        Assert.That(await ReadAsync(), Is.EqualTo(new[] { new Member(Peers.Member, Now.AddSeconds(10), Revoked: true) }));

        Assert.That(_ledger.Announce(Peers.Member, Now.AddSeconds(10).AddTicks(1)), Is.True);
        Assert.That((await ReadAsync()).Single().Revoked, Is.False);
    }

    [Test]
    public void Joins_and_revocations_are_signalled_and_heartbeats_are_not()
    {
        int signals = 0;
        using (_ledger.OnChanged(() => signals++))
        {
            _ledger.Announce(Peers.Member, Now);
            _ledger.Announce(Peers.Member, Now.AddSeconds(1));
            Assert.That(signals, Is.EqualTo(1));
            _ledger.Revoke(Peers.Member);
            Assert.That(signals, Is.EqualTo(2));
        }

        _ledger.Announce(Peers.OtherMember, Now);
        Assert.That(signals, Is.EqualTo(2));
    }

    [Test]
    public void A_full_ledger_takes_nobody_in_until_somebody_is_scrubbed()
    {
        var ledger = new AliveLedger(_time) { Capacity = 2 };
        PeerId[] peers = Peers.CreateMany(4);
        Assert.That((ledger.Announce(peers[0], Now), ledger.Announce(peers[1], Now), ledger.Announce(peers[2], Now)), Is.EqualTo((true, true, false)));
        Assert.That(ledger.Announce(peers[0], Now.AddSeconds(1)), Is.True, "who is in it");

        _time.Advance(ledger.MaxAge + TimeSpan.FromTicks(1));
        Assert.That((ledger.Announce(peers[2], Now), ledger.Announce(peers[3], Now)), Is.EqualTo((true, false)));
    }

    [Test]
    public void Who_is_scrubbed_to_make_room_is_told_of_even_if_that_was_not_enough()
    {
        var ledger = new AliveLedger(_time) { Capacity = 1 };
        PeerId[] peers = Peers.CreateMany(3);
        List<AliveChange> changes = [];
        ledger.Announce(peers[0], Now);
        _time.Advance(ledger.MaxAge + TimeSpan.FromTicks(1));
        ledger.Revoke(peers[1]);
        using IDisposable observing = ledger.Observe(changes.Add);

        Assert.That(ledger.Announce(peers[2], Now), Is.False, "the revocation has the place");
        Assert.That(changes, Is.EqualTo(new[] { new AliveChange(peers[0], AliveChangeKind.Silent) }));
    }

    [Test]
    public async Task Who_comes_back_from_a_revocation_needs_room_too()
    {
        var ledger = new AliveLedger(_time) { Capacity = 2 };
        PeerId[] peers = Peers.CreateMany(3);
        ledger.Announce(peers[0], Now);
        ledger.Announce(peers[1], Now);
        ledger.Revoke(peers[2]); // always taken in
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(ledger.Announce(peers[2], Now), Is.False);

        ledger.Revoke(peers[1]);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(ledger.Announce(peers[1], Now), Is.False, "a revocation takes room as well");
        Assert.That((await ledger.ReadAsync(CancellationToken.None)).Members, Has.Length.EqualTo(3));
    }

    [Test]
    public async Task Announcements_from_everywhere_at_once_are_all_there()
    {
        PeerId[] peers = Peers.CreateMany(400);
        int joined = 0;
        using IDisposable observing = _ledger.Observe(_ => Interlocked.Increment(ref joined));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Array.ForEach(peers, peer => _ledger.Announce(peer, Now))))).InTime();

        Assert.That((await ReadAsync()).Select(member => member.PeerId), Is.EquivalentTo(peers));
        Assert.That(joined, Is.EqualTo(peers.Length), "once each");
    }

    private async Task<IReadOnlyList<Member>> ReadAsync() => (await _ledger.ReadAsync(CancellationToken.None)).Members;
}
