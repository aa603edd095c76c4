using Relay.Circuit.Splicing;
using Relay.TestKit;

namespace Relay.Circuit.Tests.Splicing;

[TestFixture]
internal sealed class RateBucketTests
{
    private readonly ManualTimeProvider _time = new();

    [Test]
    public void After_a_rest_exactly_a_burst_passes_at_once([Values(4, 1024, 100_000, 1L << 40)] long rate)
    {
        var bucket = new RateBucket(rate, _time);
        _time.Advance(TimeSpan.FromHours(3));
        long now = _time.GetTimestamp();
        Assert.That(bucket.Available(now), Is.EqualTo(rate / 4));
        bucket.Take(rate / 4, now);
        Assert.That(bucket.Available(now), Is.Zero);
    }

    [Test]
    public void After_that_it_is_the_rate_to_the_byte()
    {
        var bucket = new RateBucket(1000, _time);
        bucket.Take(250, _time.GetTimestamp());

        TimeSpan wait = bucket.Wait(10, _time.GetTimestamp());
        Assert.That(wait, Is.EqualTo(TimeSpan.FromMilliseconds(10)));
        _time.Advance(wait - TimeSpan.FromTicks(1));
        Assert.That(bucket.Available(_time.GetTimestamp()), Is.EqualTo(9));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.That(bucket.Available(_time.GetTimestamp()), Is.EqualTo(10));
    }

    [Test]
    public void What_was_taken_and_not_used_is_there_again()
    {
        var bucket = new RateBucket(1000, _time);
        long now = _time.GetTimestamp();
        bucket.Take(250, now);
        bucket.GiveBack(40);
        Assert.That(bucket.Available(now), Is.EqualTo(40));
    }

    [Test]
    public void No_schedule_of_takes_passes_more_than_the_rate_and_one_burst([Values(3, 5, 7)] int seed)
    {
        const int Rate = 12_347; // divides nothing: rounding has to show
        var random = new Random(seed);
        var bucket = new RateBucket(Rate, _time);
        long start = _time.GetTimestamp();
        long passed = 0;
        for (int i = 0; i < 20_000; i++)
        {
            _time.Advance(TimeSpan.FromTicks(random.Next(200_000)));
            long now = _time.GetTimestamp();
            long taken = Math.Min(bucket.Available(now), random.Next(1, 500));
            long unused = random.Next((int)taken + 1);
            bucket.Take(taken, now);
            bucket.GiveBack(unused);
            passed += taken - unused;
            Assert.That(passed, Is.LessThanOrEqualTo(bucket.Burst + Rate * _time.GetElapsedTime(start).TotalSeconds + 1));
        }
    }
}
