using Relay.Members;
using Relay.Multiformats;

namespace Relay.Tests.Members;

/// <summary>When a sighting makes a member and for how long, with every limit at its edge.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class AliveViewTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);
    private static readonly PeerId Companion = Peers.Create(9); // seen at every look, so that every look counts

    private readonly SightingRules _rules = Rules();
    private readonly DateTimeOffset _start = new(2026, 8, 12, 13, 29, 21, TimeSpan.Zero);
    private AliveView _view = null!;
    private Moment _now;

    [SetUp]
    public void Begin()
    {
        _now = new Moment(_start, TimeSpan.FromHours(7));
        _view = new AliveView(_rules);
    }

    [Test]
    public void A_sighting_of_exactly_the_largest_age_makes_a_member_and_one_older_does_not()
    {
        Look look = See(At(Peers.Member, -_rules.MaxAge), At(Peers.OtherMember, -_rules.MaxAge - Tick));

        Assert.That(_view.Members, Is.EqualTo(new[] { Peers.Member }));
        Assert.That((look.Fresh, look.Stale), Is.EqualTo((1, 1)));
    }

    [Test]
    public void A_sighting_ahead_by_exactly_the_skew_counts_and_one_further_ahead_does_not()
    {
        Look look = See(At(Peers.Member, _rules.MaxClockSkew), At(Peers.OtherMember, _rules.MaxClockSkew + Tick));

        Assert.That(_view.Members, Is.EqualTo(new[] { Peers.Member }));
        Assert.That((look.Fresh, look.Future), Is.EqualTo((1, 1)));
    }

    [Test]
    public void A_member_stays_through_exactly_age_and_grace_after_its_last_sighting_and_not_longer()
    {
        See(At(Peers.Member, TimeSpan.Zero), At(Companion, TimeSpan.Zero), At(Peers.Self, TimeSpan.Zero));

        PassWithCompanions(_rules.MaxAge + _rules.Grace);
        Assert.That(_view.Members, Does.Contain(Peers.Member));

        PassWithCompanions(Tick);
        Assert.That(_view.Members, Does.Not.Contain(Peers.Member));
    }

    [Test]
    public void The_same_heartbeat_again_does_not_prolong_a_membership()
    {
        Member heartbeat = At(Peers.Member, TimeSpan.Zero);
        See(heartbeat, At(Companion, TimeSpan.Zero), At(Peers.Self, TimeSpan.Zero));
        for (TimeSpan passed = TimeSpan.Zero; passed <= _rules.MaxAge + _rules.Grace; passed += TimeSpan.FromMinutes(1))
            PassWithCompanions(TimeSpan.FromMinutes(1), heartbeat);

        Assert.That(_view.Members, Does.Not.Contain(Peers.Member));
    }

    [Test]
    public void Without_stamps_each_snapshot_that_names_a_peer_is_a_sighting()
    {
        for (int i = 0; i < 100; i++)
        {
            Pass(TimeSpan.FromMinutes(1));
            See(new Member(Peers.Member));
        }

        Assert.That(_view.Members, Is.EqualTo(new[] { Peers.Member }));
    }

    [Test]
    public void A_member_that_one_snapshot_lacks_stays()
    {
        See(At(Peers.Member, TimeSpan.Zero), At(Companion, TimeSpan.Zero));
        Pass(TimeSpan.FromSeconds(30));

        Assert.That(See(At(Companion, TimeSpan.Zero)).IsChanged, Is.False);
        Assert.That(_view.Members, Is.EquivalentTo(new[] { Peers.Member, Companion }));
    }

    [Test]
    public void Revocation_wins_at_once_over_age_grace_and_the_same_snapshot()
    {
        See(At(Peers.Member, TimeSpan.Zero), At(Companion, TimeSpan.Zero));

        Look look = See(At(Peers.Member, TimeSpan.FromSeconds(1)), new Member(Peers.Member, Revoked: true), At(Companion, TimeSpan.Zero));

        Assert.That(_view.Members, Is.EqualTo(new[] { Companion }));
        Assert.That(look.IsChanged, Is.True);
        Assert.That(_view.Revoked, Is.EqualTo(new[] { Peers.Member }));
    }

    [Test]
    public void An_older_sighting_does_not_bring_a_revoked_peer_back_and_a_newer_one_does()
    {
        Member old = At(Peers.Member, TimeSpan.FromSeconds(-10));
        See(old, At(Companion, TimeSpan.Zero));
        See(new Member(Peers.Member, Revoked: true));
        DateTimeOffset revokedAt = _now.Wall;

        Pass(TimeSpan.FromSeconds(30));
        See(old, At(Companion, TimeSpan.Zero));
        See(new Member(Peers.Member, revokedAt));
        Assert.That(_view.Members, Is.EqualTo(new[] { Companion }), "at the time of the revocation");

        See(new Member(Peers.Member, revokedAt + Tick));
        Assert.That(_view.Members, Is.EquivalentTo(new[] { Peers.Member, Companion }), "after it");
        Assert.That(_view.Revoked, Is.Empty);
    }

    [Test]
    public void A_revocation_from_the_future_keeps_nobody_out_for_longer_than_one_of_now()
    {
        See(new Member(Peers.Member, _now.Wall + TimeSpan.FromDays(1), Revoked: true));
        Pass(TimeSpan.FromSeconds(1));

        See(At(Peers.Member, TimeSpan.Zero));

        Assert.That(_view.Members, Is.EqualTo(new[] { Peers.Member }));
    }

    [Test]
    public void A_revocation_is_remembered_while_an_older_sighting_could_still_count_and_then_forgotten()
    {
        See(new Member(Peers.Member, Revoked: true), At(Companion, TimeSpan.Zero));
        PassWithCompanions(_rules.MaxAge + _rules.MaxClockSkew);
        Assert.That(_view.Revoked, Is.EqualTo(new[] { Peers.Member }));

        PassWithCompanions(Tick);
        Assert.That(_view.Revoked, Is.Empty);
    }

    [Test]
    public void Snapshots_without_a_usable_sighting_age_nobody_however_long_they_go_on()
    {
        See(At(Peers.Member, TimeSpan.Zero));
        for (int i = 0; i < 500; i++)
        {
            Pass(TimeSpan.FromSeconds(30));
            See();
            See(At(Companion, -_rules.MaxAge - Tick), At(Peers.Self, _rules.MaxClockSkew + Tick));
        }

        See(At(Companion, TimeSpan.Zero));
        Assert.That(_view.Members, Is.EquivalentTo(new[] { Peers.Member, Companion }));
    }

    [Test]
    public void After_an_outage_the_living_have_time_to_be_seen()
    {
        See(At(Peers.Member, TimeSpan.FromMinutes(-3)), At(Companion, TimeSpan.Zero));
        Pass(TimeSpan.FromHours(5));

        See(At(Companion, TimeSpan.Zero)); // the bucket was scrubbed a moment ago
        PassWithCompanions(TimeSpan.FromMinutes(3));

        Assert.That(_view.Members, Does.Contain(Peers.Member));
    }

    [Test]
    public void The_nodes_own_heartbeat_ages_nobody_however_long_it_is_the_only_one()
    {
        See(At(Peers.Member, TimeSpan.Zero), At(Companion, TimeSpan.Zero), At(Peers.Self, TimeSpan.Zero));
        for (int i = 0; i < 500; i++)
        {
            Pass(TimeSpan.FromSeconds(30));
            See(At(Peers.Self, TimeSpan.Zero));
        }

        See(At(Companion, TimeSpan.Zero), At(Peers.Self, TimeSpan.Zero));
        Assert.That(_view.Members, Is.EquivalentTo(new[] { Peers.Member, Companion, Peers.Self }), "the feed was stalled, as far as anybody knows");

        PassWithCompanions(_rules.MaxAge + _rules.Grace);
        Assert.That(_view.Members, Is.EquivalentTo(new[] { Companion, Peers.Self }), "it works again, and somebody is not in it");
    }

    [Test]
    public void The_nodes_own_heartbeat_is_no_usable_sighting()
    {
        Look look = See(At(Peers.Self, TimeSpan.Zero), At(Peers.Member, -_rules.MaxAge - Tick));
        Assert.That((look.Fresh, look.Stale), Is.EqualTo((0, 1)));
        Assert.That(_view.Members, Is.EqualTo(new[] { Peers.Self }));
    }

    [Test]
    public void The_node_whose_api_is_asked_is_no_network_either()
    {
        PeerId api = Peers.OtherMember;
        SightingRules rules = SightingRules.From(NetworkOptions.Default, Peers.Self, api);
        _view = new AliveView(rules);
        Look look = See(At(Peers.Self, TimeSpan.Zero), At(api, TimeSpan.Zero));
        Assert.That((look.Fresh, _view.IsReady, _view.SeenAt), Is.EqualTo((0, false, (TimeSpan?)null)));

        See(At(Peers.Member, TimeSpan.Zero), At(api, TimeSpan.Zero));
        Assert.That((_view.IsReady, _view.Members.Count), Is.EqualTo((true, 3)));

        for (TimeSpan passed = TimeSpan.Zero; passed <= 2 * (rules.MaxAge + rules.Grace + rules.MaxAge); passed += TimeSpan.FromMinutes(1))
        {
            Pass(TimeSpan.FromMinutes(1));
            See(At(Peers.Self, TimeSpan.Zero), At(api, TimeSpan.Zero)); // it is cut off from the network
        }

        Assert.That(_view.Members, Does.Contain(Peers.Member));
    }

    [Test]
    public void Revocations_are_forgotten_while_nobody_is_seen()
    {
        See(new Member(Peers.Member, Revoked: true));
        Pass(_rules.MaxAge + _rules.MaxClockSkew);
        See();
        Assert.That(_view.Revoked, Is.EqualTo(new[] { Peers.Member }));

        Pass(Tick);
        See();
        Assert.That(_view.Revoked, Is.Empty);
    }

    [Test]
    public void No_more_revocations_are_remembered_than_there_may_be_members_and_the_oldest_are_forgotten_first()
    {
        _view = new AliveView(_rules with { MaxMembers = 3 });
        PeerId[] peers = Peers.CreateMany(5);
        for (int i = 0; i < 3; i++)
        {
            Assert.That(See(new Member(peers[i], Revoked: true)).Forgotten, Is.Zero);
            Pass(Tick);
        }

        Assert.That(See(new Member(peers[3], Revoked: true), new Member(peers[4], Revoked: true)).Forgotten, Is.EqualTo(2));
        Assert.That(_view.Revoked, Is.EquivalentTo(peers[2..]));
    }

    [TestCase(10)]
    [TestCase(-10)]
    public void A_wall_clock_that_jumps_costs_nobody_the_membership(int hours)
    {
        See(At(Peers.Member, TimeSpan.Zero), At(Companion, TimeSpan.Zero));
        _now = _now with { Wall = _now.Wall.AddHours(hours) };

        for (int i = 0; i < 60; i++)
        {
            Pass(TimeSpan.FromMinutes(1));
            See(At(Peers.Member, TimeSpan.Zero), At(Companion, TimeSpan.Zero));
        }

        Assert.That(_view.Members, Is.EquivalentTo(new[] { Peers.Member, Companion }));
    }

    [Test]
    public void The_node_itself_does_not_make_a_network()
    {
        See(At(Peers.Self, TimeSpan.Zero));
        Assert.That(_view.IsReady, Is.False);

        See(At(Peers.Member, TimeSpan.Zero));
        Assert.That(_view.IsReady, Is.True);
    }

    [TestCase(2, false)]
    [TestCase(3, true)]
    public void The_network_is_complete_enough_with_exactly_the_minimum_of_others(int others, bool isReady)
    {
        _view = new AliveView(_rules with { MinimumMembers = 3 });
        See([At(Peers.Self, TimeSpan.Zero), .. Peers.CreateMany(others).Select(peer => At(peer, TimeSpan.Zero))]);

        Assert.That(_view.IsReady, Is.EqualTo(isReady));
    }

    [Test]
    public void With_a_minimum_of_zero_the_node_itself_is_enough()
    {
        _view = new AliveView(_rules with { MinimumMembers = 0 });
        See();
        Assert.That(_view.IsReady, Is.False);

        See(At(Peers.Self, TimeSpan.Zero));
        Assert.That(_view.IsReady, Is.True);
    }

    [Test]
    public void Exactly_the_largest_part_may_leave_at_once()
    {
        PeerId[] peers = Peers.CreateMany(10);
        See([.. peers.Select(peer => At(peer, TimeSpan.Zero))]);

        Look look = StayingAfterSilence(peers[..5]);

        Assert.That(look.HeldBack, Is.Zero);
        Assert.That(_view.Members, Is.EquivalentTo(peers[..5]));
    }

    [Test]
    public void One_more_holds_all_of_them_back_until_their_silence_has_lasted_for_another_age()
    {
        PeerId[] peers = Peers.CreateMany(10);
        See([.. peers.Select(peer => At(peer, TimeSpan.Zero))]);

        Look look = StayingAfterSilence(peers[..4]);
        Assert.That((look.HeldBack, _view.Members.Count), Is.EqualTo((6, 10)));

        look = Silence(_rules.MaxAge, peers[..4]);
        Assert.That((look.HeldBack, _view.Members.Count), Is.EqualTo((6, 10)), "exactly then");

        look = Silence(Tick, peers[..4]);
        Assert.That(look.HeldBack, Is.Zero);
        Assert.That(_view.Members, Is.EquivalentTo(peers[..4]));
    }

    [Test]
    public void A_network_that_falls_silent_bit_by_bit_is_held_back_too()
    {
        PeerId[] peers = Peers.CreateMany(10);
        See([.. peers.Select((peer, i) => At(peer, TimeSpan.FromSeconds(-10 * i)))]); // so they become due one after the other

        Silence(_rules.MaxAge + _rules.Grace - TimeSpan.FromSeconds(95), peers[0]);
        Look look = default;
        for (int i = 0; i < 10; i++)
            look = Silence(TimeSpan.FromSeconds(10), peers[0]);

        Assert.That(_view.Members, Has.Count.EqualTo(5), "half of them have left");
        Assert.That(look.HeldBack, Is.EqualTo(4), "the others not");
    }

    [Test]
    public void Those_held_back_who_are_seen_again_end_the_holding()
    {
        PeerId[] peers = Peers.CreateMany(10);
        See([.. peers.Select(peer => At(peer, TimeSpan.Zero))]);
        StayingAfterSilence(peers[..4]);

        Look look = Silence(TimeSpan.FromSeconds(30), peers[..9]);

        Assert.That(look.HeldBack, Is.Zero);
        Assert.That(_view.Members, Is.EquivalentTo(peers[..9]));
    }

    [Test]
    public void Joins_and_revocations_count_while_others_are_held_back()
    {
        PeerId[] peers = Peers.CreateMany(10);
        See([.. peers.Select(peer => At(peer, TimeSpan.Zero))]);
        StayingAfterSilence(peers[..1]);

        See(At(Peers.Member, TimeSpan.Zero), new Member(peers[5], Revoked: true));

        Assert.That(_view.Members, Does.Contain(Peers.Member).And.Not.Contain(peers[5]).And.Contain(peers[6]));
    }

    [Test]
    public void There_are_at_most_as_many_members_as_are_allowed()
    {
        _view = new AliveView(_rules with { MaxMembers = 3 });
        PeerId[] peers = Peers.CreateMany(4);

        Assert.That(See([.. peers[..3].Select(peer => At(peer, TimeSpan.Zero))]).Surplus, Is.Zero);
        Assert.That(See([.. peers.Select(peer => At(peer, Tick))]).Surplus, Is.EqualTo(1));
        Assert.That(_view.Members, Is.EquivalentTo(peers[..3]));
    }

    public static SightingRules Rules() => SightingRules.From(NetworkOptions.Default, Peers.Self);

    private Member At(PeerId peer, TimeSpan offset) => new(peer, _now.Wall + offset);

    private Look See(params Member[] snapshot) => _view.Take([.. snapshot], _now);

    private void Pass(TimeSpan time) => _now = new Moment(_now.Wall + time, _now.Elapsed + time);

    private void PassWithCompanions(TimeSpan time, params Member[] others)
    {
        while (time > TimeSpan.Zero)
        {
            TimeSpan step = time < TimeSpan.FromMinutes(1) ? time : TimeSpan.FromMinutes(1);
            Pass(step);
            See([At(Companion, TimeSpan.Zero), At(Peers.Self, TimeSpan.Zero), .. others]);
            time -= step;
        }
    }

    private Look StayingAfterSilence(params PeerId[] staying) => Silence(_rules.MaxAge + _rules.Grace + Tick, staying);

    // Time passes in which only these are seen.
    private Look Silence(TimeSpan time, params PeerId[] staying)
    {
        Look look = default;
        while (time > TimeSpan.Zero)
        {
            TimeSpan step = time < TimeSpan.FromMinutes(1) ? time : TimeSpan.FromMinutes(1);
            Pass(step);
            look = See([.. staying.Select(peer => At(peer, TimeSpan.Zero))]);
            time -= step;
        }

        return look;
    }
}
