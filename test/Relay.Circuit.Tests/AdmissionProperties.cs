namespace Relay.Circuit.Tests;

/// <summary>What holds for <see cref="Admission"/>, and for what it is made of, whatever happens in whatever order.</summary>
[TestFixture]
internal sealed class AdmissionProperties
{
    [FsCheck.NUnit.Property(MaxTest = 3000, EndSize = 450)]
    public void Every_decision_and_every_count_is_what_counting_by_hand_gives(byte[] schedule) => new AdmissionSchedule().Play(schedule);

    [FsCheck.NUnit.Property(MaxTest = 500, EndSize = 100)]
    public void What_the_expiry_wheel_hands_out_is_what_is_due_and_each_once(long[] deadlines, long[] turns, int seed)
    {
        const long Start = 1_000_000;
        var wheel = new ExpiryWheel(Start);
        List<ReservationEntry> entries = [.. deadlines.Select(Near).Select(Entry)];
        entries.ForEach(wheel.Add);
        var random = new Random(seed);
        foreach (ReservationEntry removed in entries.Where(_ => random.Next(4) == 0).ToList())
        {
            wheel.Remove(removed);
            entries.Remove(removed);
        }

        long now = Start;
        foreach (long turn in turns.Select(Near).Append(long.MaxValue))
        {
            List<ReservationEntry> expired = [];
            wheel.Advance(turn, expired.Add);
            now = Math.Max(now, turn);
            Assert.That(expired, Is.EquivalentTo(entries.Where(entry => entry.Deadline <= now && turn == now)));
            entries.RemoveAll(expired.Contains);
        }

        Assert.That(entries, Is.Empty);

        // Distances of every magnitude, and often the same ones.
        static long Near(long number) => Start + (Math.Abs(number % 1000) << (int)(Math.Abs(number % 7) * 7));
    }

    [FsCheck.NUnit.Property(MaxTest = 500, EndSize = 200)]
    public void A_rate_lets_so_many_through_in_every_stretch_of_its_period_and_forgets_the_rest(byte[] steps)
    {
        var rate = new Rate(3, TimeSpan.FromTicks(100));
        var table = new RateTable<int>(rate, TimeSpan.TicksPerSecond);
        List<(int Key, long At)> done = [];
        long now = 0;
        foreach (byte step in steps)
        {
            now += step % 40;
            int key = step % 3;
            int inPeriod = done.Count(d => d.Key == key && d.At > now - 100);
            Assert.That(table.IsExhausted(key, now), Is.EqualTo(inPeriod == 3));
            if (inPeriod == 3)
                continue;
            table.Take(key, now);
            done.Add((key, now));
            Assert.That(table.Keys, Is.EqualTo(done.Where(d => d.At > now - 100).Select(d => d.Key).Distinct().Count()), "who is idle takes no room");
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 200, EndSize = 400)]
    public void A_high_rate_is_never_exceeded_and_comes_back_at_most_a_grain_late(byte[] steps)
    {
        const int Count = 2 * RateTable.Grains;
        const long Grain = 1000;
        var rate = new Rate(Count, TimeSpan.FromTicks(Grain * RateTable.Grains));
        var table = new RateTable<int>(rate, TimeSpan.TicksPerSecond);
        List<long> done = [];
        long now = 0;
        foreach (byte step in steps)
        {
            now += step * 37;
            for (int times = 0; times < step % 16; times++)
            {
                bool isExhausted = table.IsExhausted(0, now);
                Assert.That(isExhausted || done.Count(at => at > now - Grain * RateTable.Grains) < Count, "never more than the rate");
                Assert.That(!isExhausted || done.Count(at => at > now - Grain * (RateTable.Grains + 1)) >= Count, "no later than a grain");
                if (isExhausted)
                    break;
                table.Take(0, now);
                done.Add(now);
            }

            Assert.That(table.Remembered, Is.LessThanOrEqualTo(RateTable.Grains + 2));
        }
    }

    private static readonly Multiformats.PeerId Peer = TestPeers.Key(1).PeerId;

    private static ReservationEntry Entry(long deadline)
        => new(Peer) { Address = Multiformats.Multiaddress.Parse("/dns4/example.org/tcp/1"), Deadline = deadline };
}
