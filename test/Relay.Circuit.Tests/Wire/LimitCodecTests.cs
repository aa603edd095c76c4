using Relay.Circuit.Wire;

namespace Relay.Circuit.Tests.Wire;

[TestFixture]
internal sealed class LimitCodecTests
{
    [TestCase(1, 1u)]
    [TestCase(TimeSpan.TicksPerSecond / 2, 1u)]
    [TestCase(TimeSpan.TicksPerSecond, 1u)]
    [TestCase(TimeSpan.TicksPerSecond + 1, 2u)]
    [TestCase((TimeSpan.TicksPerSecond * uint.MaxValue) - 1, uint.MaxValue)]
    [TestCase(TimeSpan.TicksPerSecond * uint.MaxValue, uint.MaxValue)]
    [TestCase((TimeSpan.TicksPerSecond * uint.MaxValue) + 1, uint.MaxValue)]
    [TestCase(long.MaxValue, uint.MaxValue)]
    public void A_duration_rounds_up_to_seconds_and_stops_at_the_largest(long ticks, uint seconds)
        => Assert.That(LimitCodec.ToWire(TimeSpan.FromTicks(ticks), null)!.Duration, Is.EqualTo(seconds));

    [Test]
    public void What_is_not_limited_is_left_out()
    {
        Assert.That(LimitCodec.ToWire(null, null), Is.Null);
        Assert.That(LimitCodec.ToWire(null, 5)!.HasDuration, Is.False);
        Assert.That(LimitCodec.ToWire(TimeSpan.FromSeconds(5), null)!.HasData, Is.False);
        Assert.That(LimitCodec.ToWire(null, long.MaxValue)!.Data, Is.EqualTo((ulong)long.MaxValue));
    }

    [Test]
    public void Zero_and_absent_are_both_no_limit()
    {
        Assert.That(LimitCodec.FromWire(null), Is.Null);
        Assert.That(LimitCodec.FromWire(new Limit()), Is.Null);
        Assert.That(LimitCodec.FromWire(new Limit { Duration = 0, Data = 0 }), Is.Null);
        Assert.That(LimitCodec.FromWire(new Limit { Duration = 120 }), Is.EqualTo(new CircuitLimit(TimeSpan.FromMinutes(2), null)));
        Assert.That(LimitCodec.FromWire(new Limit { Data = 131072 }), Is.EqualTo(new CircuitLimit(null, 131072)));
        Assert.That(LimitCodec.FromWire(new Limit { Data = ulong.MaxValue }), Is.EqualTo(new CircuitLimit(null, long.MaxValue)));
    }
}
