using Relay.Members;
using Relay.Multiformats;

namespace Relay.Tests.Members;

/// <summary>
/// An EdgeVPN network with the ownership of entries off, its default, for a day: each node announces itself in jittered intervals of 60 to
/// 180 s; the leader deletes the whole alive bucket every 600 s; each write reaches the node that the relay asks within a gossip delay. The
/// relay looks every 30 s. EdgeVPN's own rule, the keys of the bucket at each look, runs beside as the control: it must lock members out, or
/// the simulation shows nothing.
/// </summary>
internal sealed class AliveBucketSimulation
{
    private const int Day = 24 * 60 * 60;
    private const int RefreshSeconds = 30;
    private const int ScrubSeconds = 600;
    private const int GossipSeconds = 15; // the longest interval between two publications of a ledger
    private const int PhaseSeconds = 10;
    private const int LongestHeartbeat = 180 + GossipSeconds + RefreshSeconds; // from one to the next, until the relay has seen it

    [TestCase(3, 1)]
    [TestCase(3, 2)]
    [TestCase(10, 1)]
    [TestCase(10, 2)]
    [TestCase(30, 1)]
    [TestCase(30, 2)]
    public void No_live_member_is_ever_refused_and_a_dead_one_is_gone_in_time(int members, int seed)
    {
        var network = new Bucket(members, seed);
        SightingRules rules = AliveViewTests.Rules();
        var view = new AliveView(rules);
        int death = Day / 2;
        PeerId dead = network.Peers[^1];
        int refusals = 0;
        int controlRefusals = 0;
        int? deadSince = null;
        for (int second = 0; second < Day; second++)
        {
            network.Step(second, alive: peer => peer != dead || second < death);
            if (second % RefreshSeconds != 0)
                continue;

            view.Take([.. network.Seen.Select(entry => new Member(entry.Key, Bucket.Start.AddSeconds(entry.Value)))], At(second));
            PeerId[] announced = [.. network.FirstSeen.Where(entry => entry.Value <= second).Select(static entry => entry.Key)];
            HashSet<PeerId> known = [.. view.Members];
            refusals += announced.Count(peer => !known.Contains(peer) && (peer != dead || second < death));
            controlRefusals += announced.Count(peer => !network.Seen.ContainsKey(peer) && (peer != dead || second < death));
            if (second >= death && !known.Contains(dead))
                deadSince ??= second;
        }

        Assert.That(refusals, Is.Zero);
        Assert.That(controlRefusals, Is.GreaterThan(members * Day / RefreshSeconds / 50), "the scrub locks nobody out: what is simulated?");
        Assert.That(deadSince, Is.Not.Null.And.LessThanOrEqualTo(death + (rules.MaxAge + rules.Grace).TotalSeconds + RefreshSeconds));
        Assert.That(view.IsReady, Is.True);
    }

    [TestCase(3, 1)]
    [TestCase(10, 2)]
    [TestCase(30, 3)]
    public void A_relay_that_starts_in_mid_life_refuses_nobody_when_it_waits_for_everybody(int members, int seed)
    {
        for (int phase = 0; phase < ScrubSeconds; phase += PhaseSeconds)
        {
            (int refused, int? readyAfter) = StartInMidLife(members, seed, phase, minimum: members);
            Assert.That(refused, Is.Zero, $"started {phase} s after a scrub");
            Assert.That(readyAfter, Is.LessThanOrEqualTo(LongestHeartbeat), $"started {phase} s after a scrub: it never closed its window");
        }
    }

    [TestCase(3, 1)]
    [TestCase(10, 2)]
    [TestCase(30, 3)]
    public void A_relay_that_starts_in_mid_life_and_waits_for_one_refuses_nobody_for_longer_than_a_heartbeat_takes(int members, int seed)
    {
        int[] refused = [.. Enumerable.Range(0, ScrubSeconds / PhaseSeconds).Select(phase => StartInMidLife(members, seed, phase * PhaseSeconds, minimum: 1).Refused)];
        Assert.That(refused.Max(), Is.Positive, "a partial snapshot locks nobody out: what is simulated?");
        Assert.That(refused, Is.All.LessThanOrEqualTo(LongestHeartbeat));
    }

    [TestCase(3, 1)]
    [TestCase(10, 2)]
    [TestCase(30, 3)]
    public void A_feed_that_stalls_for_hours_while_the_relay_hears_itself_costs_nobody_the_membership(int members, int seed)
    {
        const int StallsAt = Day / 4;
        const int GoesOnAt = StallsAt + (5 * 60 * 60);
        var network = new Bucket(members, seed);
        var view = new AliveView(AliveViewTests.Rules());
        int refusals = 0;
        int controlRefusals = 0;
        for (int second = 0; second < Day; second++)
        {
            network.Step(second, alive: _ => true);
            if (second % RefreshSeconds != 0)
                continue;

            // While it stalls, nothing comes from the network; what the relay itself says does.
            bool isStalled = second is >= StallsAt and < GoesOnAt;
            IEnumerable<Member> feed = isStalled ? [] : network.Seen.Select(entry => new Member(entry.Key, Bucket.Start.AddSeconds(entry.Value)));
            view.Take([.. feed, new Member(Peers.Self, Bucket.Start.AddSeconds(second))], At(second));
            HashSet<PeerId> known = [.. view.Members];
            PeerId[] announced = [.. network.FirstSeen.Where(entry => entry.Value <= (isStalled ? StallsAt - 1 : second)).Select(static entry => entry.Key)];
            refusals += announced.Count(peer => !known.Contains(peer));
            controlRefusals += announced.Count(peer => isStalled || !network.Seen.ContainsKey(peer));
        }

        Assert.That(refusals, Is.Zero);
        Assert.That(controlRefusals, Is.GreaterThan(members * (GoesOnAt - StallsAt) / RefreshSeconds), "the stall locks nobody out: what is simulated?");
    }

    // The longest that anybody was refused, and how long after its start the relay closed its window.
    private static (int Refused, int? ReadyAfter) StartInMidLife(int members, int seed, int phase, int minimum)
    {
        const int SoManyScrubsAgo = 3;
        var network = new Bucket(members, seed);
        var view = new AliveView(AliveViewTests.Rules() with { MinimumMembers = minimum });
        int start = (SoManyScrubsAgo * ScrubSeconds) + phase;
        int longest = 0;
        int? readyAfter = null;
        var refusedSince = new Dictionary<PeerId, int>();
        for (int second = 0; second < start + (3 * ScrubSeconds); second++)
        {
            network.Step(second, alive: _ => true);
            if (second < start || (second - start) % RefreshSeconds != 0)
                continue;

            view.Take([.. network.Seen.Select(entry => new Member(entry.Key, Bucket.Start.AddSeconds(entry.Value)))], At(second));
            if (view.IsReady)
                readyAfter ??= second - start;
            HashSet<PeerId> known = [.. view.Members];
            foreach (PeerId peer in network.Peers)
            {
                if (!view.IsReady || known.Contains(peer))
                    longest = Math.Max(longest, refusedSince.Remove(peer, out int since) ? second - since : 0);
                else
                    refusedSince.TryAdd(peer, second);
            }
        }

        return refusedSince.Count > 0 ? (int.MaxValue, readyAfter) : (longest, readyAfter);
    }

    private static Moment At(int second) => new(Bucket.Start.AddSeconds(second), TimeSpan.FromSeconds(second));

    /// <summary>The alive bucket as the node that the relay asks has it.</summary>
    private sealed class Bucket
    {
        public static readonly DateTimeOffset Start = new(2026, 8, 12, 0, 0, 0, TimeSpan.Zero);

        private readonly Random _random;
        private readonly int[] _next;
        private readonly PriorityQueue<(PeerId? Peer, int At), int> _inFlight = new(); // no peer: the scrub

        public Bucket(int members, int seed)
        {
            _random = new Random(seed);
            Peers = Tests.Peers.CreateMany(members, seed);
            _next = [.. Peers.Select(_ => _random.Next(120))];
        }

        public PeerId[] Peers { get; }

        public Dictionary<PeerId, int> Seen { get; } = [];

        public Dictionary<PeerId, int> FirstSeen { get; } = [];

        public void Step(int second, Func<PeerId, bool> alive)
        {
            if (second > 0 && second % ScrubSeconds == 0)
                Send(null, second);
            for (int i = 0; i < Peers.Length; i++)
            {
                if (_next[i] != second)
                    continue;
                _next[i] = second + _random.Next(60, 181);
                if (alive(Peers[i]))
                    Send(Peers[i], second);
            }

            while (_inFlight.TryPeek(out _, out int arrival) && arrival <= second)
                Arrive(_inFlight.Dequeue(), second);
        }

        private void Send(PeerId? peer, int second) => _inFlight.Enqueue((peer, second), second + _random.Next(GossipSeconds + 1));

        private void Arrive((PeerId? Peer, int At) write, int second)
        {
            if (write.Peer is not { } peer)
            {
                Seen.Clear();
                return;
            }

            Seen[peer] = write.At;
            FirstSeen.TryAdd(peer, second);
        }
    }
}
