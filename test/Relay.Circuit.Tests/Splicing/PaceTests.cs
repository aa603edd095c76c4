using Relay.Circuit.Splicing;
using Relay.TestKit;

namespace Relay.Circuit.Tests.Splicing;

/// <summary>A direction that always has more to carry, on a clock that goes on while it works: what each piece costs must be worth it.</summary>
[TestFixture]
internal sealed class PaceTests
{
    private const int Megabyte = 1 << 20;
    private const int Buffer = 64 * 1024;
    private static readonly TimeSpan Work = TimeSpan.FromTicks(200); // 20 us: a read and a write

    private readonly ManualTimeProvider _time = new();

    [Test]
    public async Task A_busy_way_at_its_own_rate_goes_in_pieces_that_are_worth_it([Values(64 * 1024, Megabyte, 16 * Megabyte)] int rate)
    {
        using var shared = new SharedRate(_time);
        using var pace = new Pace(rate, shared, new CircuitShare(), _time);
        int burst = rate / 4;
        Assert.That(await CarryAsync(pace), Is.LessThanOrEqualTo(Megabyte / Math.Min(Buffer, burst / 4) + 1));
    }

    [Test]
    public async Task A_busy_way_at_the_shared_rate_goes_in_pieces_that_are_worth_it([Values(64 * 1024, Megabyte, 16 * Megabyte)] int rate)
    {
        using var shared = new SharedRate(_time);
        shared.Change(rate);
        using var pace = new Pace(null, shared, new CircuitShare(), _time);
        int burst = rate / 4;
        Assert.That(await CarryAsync(pace), Is.LessThanOrEqualTo(Megabyte / Math.Min(Buffer, burst / 2) + 1));
    }

    [Test]
    public async Task Small_messages_within_the_rate_are_not_kept_waiting([Values] bool isShared)
    {
        using var shared = new SharedRate(_time);
        if (isShared)
            shared.Change(Buffer);
        using var pace = new Pace(isShared ? null : Buffer, shared, new CircuitShare(), _time);
        for (int i = 0; i < 1000; i++)
        {
            ValueTask<int> turn = pace.WaitAsync(Buffer);
            Assert.That(turn.IsCompleted, Is.True, $"message {i}");
            pace.GiveBack(await turn - 100);
            _time.Advance(TimeSpan.FromMilliseconds(4)); // 25 KB/s of 64 KiB/s
        }
    }

    /// <summary>Carries a megabyte.</summary>
    /// <returns>In how many pieces.</returns>
    private async Task<int> CarryAsync(Pace pace)
    {
        int pieces = 0;
        for (int carried = 0; carried < Megabyte; pieces++)
        {
            Task<int> turn = pace.WaitAsync(Buffer).AsTask();
            while (!turn.IsCompleted && _time.ActiveTimers > 0)
                _time.Advance(TimeSpan.FromMilliseconds(1)); // until it is called
            carried += await turn.InTime();
            _time.Advance(Work);
        }

        return pieces;
    }
}
