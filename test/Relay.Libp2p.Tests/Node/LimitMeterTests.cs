namespace Relay.Libp2p.Tests.Node;

/// <summary>What is left of a limit, and when a cut was the limit's doing.</summary>
[TestFixture]
internal sealed class LimitMeterTests
{
    private readonly ManualTimeProvider _time = new();

    private LimitMeter Create(double? seconds, long? data) =>
        new(new ConnectionLimit(seconds is { } known ? TimeSpan.FromSeconds(known) : null, data), _time);

    [TestCase(120, 118.9, false)]
    [TestCase(120, 119, true)]
    [TestCase(120, 500, true)]
    [TestCase(1, 0.4, false)]
    [TestCase(1, 0.5, true)]
    public void A_cut_near_the_end_of_the_time_is_the_limits(double seconds, double gone, bool isReached)
    {
        LimitMeter meter = Create(seconds, null);
        _time.Advance(TimeSpan.FromSeconds(gone));
        Assert.That(meter.IsReached, Is.EqualTo(isReached));
    }

    [TestCase(999, 0, false)]
    [TestCase(1000, 0, true)]
    [TestCase(0, 999, false)]
    [TestCase(0, 1000, true)]
    [TestCase(500, 499, false)]
    [TestCase(500, 500, true)]
    public void A_cut_when_the_data_is_used_up_is_the_limits(int sent, int received, bool isReached)
    {
        LimitMeter meter = Create(null, 1000);
        meter.AddSent(sent);
        meter.SetReceived(received);
        Assert.That(meter.IsReached, Is.EqualTo(isReached));
        Assert.That(meter.IsAllReceived, Is.EqualTo(received == 1000));
    }

    [Test]
    public void What_is_left_is_never_negative()
    {
        LimitMeter meter = Create(10, 1000);
        meter.AddSent(300);
        meter.AddSent(100);
        meter.SetReceived(250);
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.That(meter.Remaining, Is.EqualTo(new RemainingLimit(TimeSpan.FromSeconds(6), 600, 750)));
        meter.AddSent(5000);
        meter.SetReceived(1001);
        _time.Advance(TimeSpan.FromSeconds(40));
        Assert.That(meter.Remaining, Is.EqualTo(new RemainingLimit(TimeSpan.Zero, 0, 0)));
    }

    [Test]
    public void What_is_not_limited_is_never_reached()
    {
        LimitMeter meter = Create(null, 1000);
        _time.Advance(TimeSpan.FromDays(400));
        Assert.That((meter.IsReached, meter.Remaining), Is.EqualTo((false, new RemainingLimit(null, 1000, 1000))));
        meter = Create(10, null);
        meter.AddSent(int.MaxValue);
        meter.SetReceived(long.MaxValue / 2);
        Assert.That((meter.IsReached, meter.IsAllReceived, meter.Remaining), Is.EqualTo((false, false, new RemainingLimit(TimeSpan.FromSeconds(10), null, null))));
    }
}
