namespace Relay.Circuit.Tests;

/// <summary>Rates at the ends of their range, and what remembering them takes.</summary>
[TestFixture]
[NonParallelizable]
internal sealed class RateTableTests
{
    private const long Second = TimeSpan.TicksPerSecond;

    [Test]
    public void The_highest_rate_is_kept_like_any_other([Values(1, 64, 65, RateTable.MaxRemembered + 1, Rate.MaxCount)] int count)
    {
        var table = new RateTable<string>(new Rate(count, Rate.MinPeriod), Second);
        for (int i = 0; i < count; i++)
        {
            Assert.That(table.IsExhausted("peer", 0), Is.False);
            table.Take("peer", 0);
        }

        Assert.That(table.IsExhausted("peer", 0), Is.True);
        Assert.That(table.IsExhausted("peer", Second - 1), Is.True);
        long late = count <= RateTable.Grains ? 0 : Second / RateTable.Grains;
        Assert.That(table.IsExhausted("peer", Second + late), Is.False);
        Assert.That((table.Keys, table.Remembered), Is.EqualTo((0, 0)));
    }

    [Test]
    public void When_there_are_too_many_to_remember_the_oldest_is_forgotten_and_nothing_else()
    {
        var table = new RateTable<int>(new Rate(1, Rate.MaxPeriod), Second);
        for (int key = 0; key <= RateTable.MaxRemembered; key++)
            table.Take(key, key);
        Assert.That((table.Keys, table.Remembered), Is.EqualTo((RateTable.MaxRemembered, RateTable.MaxRemembered)));
        Assert.That((table.IsExhausted(0, RateTable.MaxRemembered), table.IsExhausted(1, RateTable.MaxRemembered)), Is.EqualTo((false, true)));
    }

    [Test]
    public void One_key_that_fills_the_table_goes_on()
    {
        var table = new RateTable<int>(new Rate(RateTable.Grains, Rate.MaxPeriod), Second);
        for (int key = 0; key < RateTable.MaxRemembered; key++)
            table.Take(key, 0);
        for (int i = 0; i < 10; i++)
            table.Take(0, i);
        Assert.That(table.Remembered, Is.EqualTo(RateTable.MaxRemembered));
    }

    [Test]
    public void An_entry_takes_no_more_than_is_counted_for_it()
    {
        const int Entries = 20_000;
        RateTable<Multiformats.PeerId>? table = Fill(10);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        table = Fill(Entries);
        long each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Entries;
        Assert.That(table.Remembered, Is.EqualTo(Entries));
        TestContext.Out.WriteLine($"{each} bytes");
        Assert.That(each, Is.LessThanOrEqualTo(RelayMemory.PerRateEntry), "with a key of its own, the peer's id included");
    }

    private static RateTable<Multiformats.PeerId> Fill(int entries)
    {
        var table = new RateTable<Multiformats.PeerId>(new Rate(1, Rate.MaxPeriod), Second);
        for (int i = 0; i < entries; i++)
            table.Take(TestPeers.Numbered(i), 0);
        return table;
    }
}
