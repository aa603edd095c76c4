using Relay.Circuit.Splicing;
using Relay.TestKit;

namespace Relay.Circuit.Tests.Splicing;

/// <summary>Directions that always have more to carry, and a clock moved by hand: who gets how much.</summary>
[TestFixture]
internal sealed class SharedRateTests
{
    private const int Rate = 64 * 1024;
    private readonly Dictionary<CircuitShare, long> _carried = [];
    private ManualTimeProvider _time = null!;
    private SharedRate _rate = null!;

    [SetUp]
    public void CreateRate()
    {
        _carried.Clear();
        _time = new ManualTimeProvider();
        _rate = new SharedRate(_time);
        _rate.Change(Rate);
    }

    [TearDown]
    public void Nothing_is_held()
    {
        _rate.Dispose();
        Assert.That(_time.ActiveTimers, Is.Zero);
    }

    [Test]
    public async Task All_together_carry_the_rate_and_no_more()
    {
        using var first = new Busy(this, new CircuitShare(), 4096);
        using var second = new Busy(this, new CircuitShare(), 4096);
        await RunAsync(TimeSpan.FromSeconds(10), first, second);
        Assert.That(_carried.Values.Sum(), Is.LessThanOrEqualTo(Rate / 4 + 10 * Rate).And.GreaterThan(10 * Rate));
    }

    [Test]
    public async Task A_circuit_that_is_busy_both_ways_gets_as_much_as_one_that_is_busy_one_way()
    {
        var both = new CircuitShare();
        var one = new CircuitShare();
        using var there = new Busy(this, both, 4096);
        using var back = new Busy(this, both, 4096);
        using var only = new Busy(this, one, 4096);
        await RunAsync(TimeSpan.FromSeconds(20), there, back, only);
        Assert.That((double)_carried[both] / _carried[one], Is.EqualTo(1).Within(0.02));
    }

    [Test]
    public async Task Bigger_pieces_get_no_bigger_share()
    {
        var big = new CircuitShare();
        var small = new CircuitShare();
        using var bulk = new Busy(this, big, 16 * 1024);
        using var chat = new Busy(this, small, 512);
        await RunAsync(TimeSpan.FromSeconds(20), bulk, chat);
        Assert.That((double)_carried[big] / _carried[small], Is.EqualTo(1).Within(0.02));
    }

    [Test]
    public async Task Who_comes_late_gets_its_share_from_then_on_and_nothing_for_before()
    {
        var early = new CircuitShare();
        var late = new CircuitShare();
        using var first = new Busy(this, early, 4096);
        await RunAsync(TimeSpan.FromSeconds(20), first);
        long before = _carried[early];
        using var second = new Busy(this, late, 4096);
        await RunAsync(TimeSpan.FromSeconds(20), first, second);
        Assert.That((double)(_carried[early] - before) / _carried[late], Is.EqualTo(1).Within(0.02));
    }

    [Test]
    public async Task Nobody_waits_for_a_turn_longer_than_a_few_bursts_take()
    {
        Busy[] many = [.. Enumerable.Range(0, 12).Select(_ => new Busy(this, new CircuitShare(), 64 * 1024))];
        await RunAsync(TimeSpan.FromSeconds(5), many);
        Assert.That(many.Select(busy => busy.LongestWait), Is.All.LessThanOrEqualTo(TimeSpan.FromSeconds(0.75)));
        foreach (Busy busy in many)
            busy.Dispose();
    }

    [Test]
    public async Task A_lifted_limit_lets_everybody_go()
    {
        using var first = new Busy(this, new CircuitShare(), 4096);
        await RunAsync(TimeSpan.FromSeconds(1), first);
        Assert.That(first.Turn.IsCompleted, Is.False);
        _rate.Change(null);
        Assert.That(await first.Turn.InTime(), Is.EqualTo(4096));
        Assert.That(await first.Pace.WaitAsync(1 << 20), Is.EqualTo(1 << 20));
    }

    [Test]
    public async Task Who_ends_while_waiting_is_let_go_and_takes_nothing_from_the_others()
    {
        var left = new CircuitShare();
        var stays = new CircuitShare();
        using var ends = new Busy(this, left, 4096);
        using var goesOn = new Busy(this, stays, 4096);
        await RunAsync(TimeSpan.FromSeconds(5), ends, goesOn);
        ends.Pace.End();
        Assert.That(await ends.Turn.InTime(), Is.Zero);
        Assert.That(await ends.Pace.WaitAsync(1), Is.Zero, "nor does it wait again");

        long before = _carried[stays];
        await RunAsync(TimeSpan.FromSeconds(10), goesOn);
        Assert.That(_carried[stays] - before, Is.EqualTo(10 * Rate).Within(Rate / 4));
    }

    /// <summary>Moves the clock in small steps; in each, whoever got a turn carries it and stands in line again.</summary>
    private async Task RunAsync(TimeSpan time, params Busy[] all)
    {
        for (TimeSpan done = default; done < time; done += TimeSpan.FromMilliseconds(5))
        {
            await SettleAsync();
            _time.Advance(TimeSpan.FromMilliseconds(5));
        }

        await SettleAsync();

        async Task SettleAsync()
        {
            while (all.FirstOrDefault(busy => !busy.Pace.IsWaiting) is { } next)
                await next.CarryAsync();
        }
    }

    private sealed class Busy : IDisposable
    {
        private readonly SharedRateTests _test;
        private readonly int _wanted;
        private long _asked;

        public Busy(SharedRateTests test, CircuitShare share, int wanted)
        {
            _test = test;
            _wanted = wanted;
            test._carried.TryAdd(share, 0);
            Pace = new Pace(null, test._rate, share, test._time);
            Ask();
        }

        public Pace Pace { get; }

        public Task<int> Turn { get; private set; } = null!;

        public TimeSpan LongestWait { get; private set; }

        public async Task CarryAsync()
        {
            int piece = await Turn.InTime();
            TimeSpan waited = _test._time.GetElapsedTime(_asked);
            LongestWait = waited > LongestWait ? waited : LongestWait;
            _test._carried[Pace.Share] += piece;
            Ask();
        }

        public void Dispose()
        {
            Pace.End();
            Pace.Dispose();
        }

        private void Ask()
        {
            _asked = _test._time.GetTimestamp();
            Turn = Pace.WaitAsync(_wanted).AsTask();
        }
    }
}
