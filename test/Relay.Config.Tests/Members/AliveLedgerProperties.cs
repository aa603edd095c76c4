using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Tests.Members;

/// <summary>
/// <see cref="AliveLedger"/> over random schedules of a few peers, three bytes a step: time that passes, a wall clock that jumps, announcements of any age,
/// revocations. Short times, so that everything collides.
/// </summary>
[TestFixture]
internal sealed class AliveLedgerProperties
{
    private const int Capacity = 4; // one less than there are peers

    private static readonly PeerId[] Everyone = Peers.CreateMany(Capacity + 1);
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan MaxClockSkew = TimeSpan.FromSeconds(5);

    [FsCheck.NUnit.Property(MaxTest = 3000, EndSize = 400)]
    public void Who_is_in_it_was_announced_in_time_and_not_revoked_since(byte[] schedule) => Run(schedule, step =>
    {
        foreach (PeerId peer in step.Alive)
        {
            Assert.That(step.Counted.TryGetValue(peer, out TimeSpan at), Is.True, "somebody who was never announced, or was revoked since");
            Assert.That(step.Now - at, Is.LessThanOrEqualTo(MaxAge));
        }
    });

    [FsCheck.NUnit.Property(MaxTest = 3000, EndSize = 400)]
    public void Who_was_announced_a_moment_ago_and_not_revoked_since_is_in_it_whatever_the_wall_clock_does(byte[] schedule) => Run(schedule, step =>
    {
        foreach ((PeerId peer, TimeSpan at) in step.Counted)
        {
            if (step.Now - at <= MaxAge)
                Assert.That(step.Alive, Does.Contain(peer));
        }
    });

    [FsCheck.NUnit.Property(MaxTest = 3000, EndSize = 400)]
    public void It_never_holds_more_than_its_capacity_but_for_revocations(byte[] schedule) =>
        Run(schedule, step => Assert.That(step.Alive, Has.Length.LessThanOrEqualTo(Capacity)));

    private static void Run(byte[] schedule, Action<Step> check)
    {
        var time = new ManualTimeProvider();
        var ledger = new AliveLedger(time) { MaxAge = MaxAge, MaxClockSkew = MaxClockSkew, Capacity = Capacity };
        Dictionary<PeerId, TimeSpan> counted = []; // where the newest announcement that counted lies on the clock that does not jump
        for (int i = 0; i + 2 < schedule.Length; i += 3)
        {
            PeerId peer = Everyone[schedule[i + 1] % Everyone.Length];
            TimeSpan offset = TimeSpan.FromSeconds((schedule[i + 2] % 36) - 28); // -28 to 7: stale, usable and future ones
            switch (schedule[i] % 10)
            {
                case 0 or 1 or 2 or 3:
                    TimeSpan at = time.GetElapsedTime(0) + offset;
                    if (ledger.Announce(peer, time.GetUtcNow() + offset) && (!counted.TryGetValue(peer, out TimeSpan last) || at > last))
                        counted[peer] = at;
                    break;
                case 4:
                    ledger.Revoke(peer);
                    counted.Remove(peer);
                    break;
                case 5 when schedule[i + 1] % 8 == 0:
                    time.JumpWallClock(offset * 10);
                    break;
                default:
                    time.Advance(TimeSpan.FromSeconds(schedule[i + 2] % 12));
                    MembershipSnapshot snapshot = ledger.ReadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
                    check(new Step(time.GetElapsedTime(0), [.. snapshot.Members.Where(member => !member.Revoked).Select(member => member.PeerId)], counted));
                    break;
            }
        }
    }

    private sealed record Step(TimeSpan Now, PeerId[] Alive, IReadOnlyDictionary<PeerId, TimeSpan> Counted);
}
