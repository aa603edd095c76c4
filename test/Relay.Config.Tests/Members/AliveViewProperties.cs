using Relay.Members;
using Relay.Multiformats;

namespace Relay.Tests.Members;

/// <summary>
/// <see cref="AliveView"/> over random schedules of a few peers, three bytes a step: time that passes, clocks that jump, sightings of any age,
/// revocations. Short times, so that everything collides.
/// </summary>
[TestFixture]
internal sealed class AliveViewProperties
{
    private static readonly PeerId[] Everyone = Peers.CreateMany(5);

    private static readonly SightingRules Rules = AliveViewTests.Rules() with
    {
        MaxAge = TimeSpan.FromSeconds(20),
        Grace = TimeSpan.FromSeconds(10),
        MaxClockSkew = TimeSpan.FromSeconds(5),
    };

    [FsCheck.NUnit.Property(MaxTest = 3000, EndSize = 400)]
    public void Who_is_a_member_was_seen_in_time_and_not_revoked_since(byte[] schedule) => Run(schedule, step =>
    {
        foreach (PeerId peer in step.View.Members)
        {
            Assert.That(step.Accepted.ContainsKey(peer), Is.True, "a member that was never seen");
            Assert.That(step.Revoked.ContainsKey(peer), Is.False, "a member that was revoked after its last sighting");
        }
    });

    [FsCheck.NUnit.Property(MaxTest = 3000, EndSize = 400)]
    public void Who_was_seen_a_moment_ago_and_not_revoked_since_is_a_member(byte[] schedule) => Run(schedule, step =>
    {
        foreach ((PeerId peer, TimeSpan seen) in step.Accepted)
        {
            if (!step.Revoked.ContainsKey(peer) && step.Now.Elapsed - seen <= Rules.Grace)
                Assert.That(step.View.Members, Does.Contain(peer));
        }
    });

    [FsCheck.NUnit.Property(MaxTest = 3000, EndSize = 400)]
    public void Only_revocations_empty_a_set(byte[] schedule) => Run(schedule, step =>
    {
        if (step.Before.Length > 0 && step.View.Members.Count == 0)
            Assert.That(step.Before.Except(step.Revoked.Keys), Is.Empty);
    });

    [FsCheck.NUnit.Property(MaxTest = 3000, EndSize = 400)]
    public void Every_change_of_the_members_is_reported(byte[] schedule) => Run(schedule, step =>
        Assert.That(step.Look.IsChanged || step.Before.ToHashSet().SetEquals(step.View.Members), Is.True));

    [FsCheck.NUnit.Property(MaxTest = 3000, EndSize = 400)]
    public void The_window_never_opens_again(byte[] schedule)
    {
        bool wasReady = false;
        Run(schedule, step =>
        {
            Assert.That(step.View.IsReady || !wasReady, Is.True);
            wasReady = step.View.IsReady;
        });
    }

    private static void Run(byte[] schedule, Action<Step> check)
    {
        var step = new Step { View = new AliveView(Rules), Now = new Moment(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), TimeSpan.Zero) };
        List<Member> snapshot = [];
        for (int i = 0; i + 2 < schedule.Length; i += 3)
        {
            PeerId peer = Everyone[schedule[i + 1] % Everyone.Length];
            TimeSpan offset = TimeSpan.FromSeconds((schedule[i + 2] % 36) - 28); // -28 to 7: stale, usable and future ones
            switch (schedule[i] % 10)
            {
                case 0 or 1 or 2 or 3:
                    snapshot.Add(new Member(peer, step.Now.Wall + offset));
                    break;
                case 4:
                    snapshot.Add(new Member(peer));
                    break;
                case 5:
                    snapshot.Add(new Member(peer, schedule[i + 2] % 2 == 0 ? null : step.Now.Wall + offset, Revoked: true));
                    break;
                case 6 when schedule[i + 1] % 8 == 0:
                    step.Now = step.Now with { Wall = step.Now.Wall + (offset * 10) };
                    break;
                default:
                    step.Take([.. snapshot]);
                    check(step);
                    snapshot.Clear();
                    TimeSpan passed = TimeSpan.FromSeconds(schedule[i + 2] % 12);
                    step.Now = new Moment(step.Now.Wall + passed, step.Now.Elapsed + passed);
                    break;
            }
        }
    }

    /// <summary>What a run knows of itself, kept apart from what the view knows.</summary>
    private sealed class Step
    {
        public required AliveView View { get; init; }

        public Moment Now { get; set; }

        public Look Look { get; private set; }

        public PeerId[] Before { get; private set; } = [];

        /// <summary>When each peer's newest usable sighting was made, at the latest.</summary>
        public Dictionary<PeerId, TimeSpan> Accepted { get; } = [];

        /// <summary>Up to which stamp each peer is revoked that was not seen since, and when that was said last.</summary>
        public Dictionary<PeerId, (DateTimeOffset Until, TimeSpan At)> Revoked { get; } = [];

        private readonly Dictionary<PeerId, DateTimeOffset> _newest = [];
        private HashSet<PeerId> _current = []; // members, while a snapshot is gone through

        public void Take(Member[] snapshot)
        {
            Before = [.. View.Members];
            Look = View.Take([.. snapshot], Now);
            _current = [.. Before];
            foreach (Member entry in snapshot.Where(entry => entry.Revoked))
                Note(entry);
            foreach (Member entry in snapshot.Where(entry => !entry.Revoked && !snapshot.Any(other => other.Revoked && other.PeerId == entry.PeerId)))
                NoteSighting(entry);
        }

        private void Note(Member entry)
        {
            DateTimeOffset until = entry.LastSeen is { } stamp && stamp < Now.Wall ? stamp : Now.Wall;
            if (_current.Remove(entry.PeerId) && _newest[entry.PeerId] > until)
                until = _newest[entry.PeerId];
            if (Revoked.TryGetValue(entry.PeerId, out (DateTimeOffset Until, TimeSpan At) known) && known.Until > until && !IsOver(known.At))
                until = known.Until;
            Revoked[entry.PeerId] = (until, Now.Elapsed);
        }

        private bool IsOver(TimeSpan revokedAt) => Now.Elapsed - revokedAt > Rules.MaxAge + Rules.MaxClockSkew;

        private void NoteSighting(Member entry)
        {
            DateTimeOffset at = entry.LastSeen ?? Now.Wall;
            TimeSpan age = Now.Wall - at;
            if (age > Rules.MaxAge || -age > Rules.MaxClockSkew)
                return;
            if (Revoked.TryGetValue(entry.PeerId, out (DateTimeOffset Until, TimeSpan At) revoked)
                && at <= revoked.Until && !IsOver(revoked.At))
                return;

            Revoked.Remove(entry.PeerId);
            if (!_current.Add(entry.PeerId) && at <= _newest[entry.PeerId] && _newest[entry.PeerId] - Now.Wall <= Rules.MaxClockSkew)
                return; // an older one than is known
            _newest[entry.PeerId] = at;
            TimeSpan since = Now.Elapsed - (age > TimeSpan.Zero ? age : TimeSpan.Zero);
            if (!Accepted.TryGetValue(entry.PeerId, out TimeSpan last) || since > last)
                Accepted[entry.PeerId] = since;
        }
    }
}
