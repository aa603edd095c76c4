using Relay.Members;

namespace Relay.Tests.Members;

internal sealed class BackOffTests
{
    [Test]
    public void The_delay_doubles_from_a_second_to_the_refresh()
    {
        TimeSpan refresh = TimeSpan.FromSeconds(30);
        Assert.That(
            Enumerable.Range(1, 8).Select(failures => BackOff.Delay(failures, refresh, 0).TotalSeconds), Is.EqualTo(new[] { 1, 2, 4, 8, 16, 30, 30, 30 }));
    }

    [Test]
    public void A_source_that_is_read_often_is_asked_less_often_while_it_fails()
    {
        TimeSpan refresh = TimeSpan.FromMilliseconds(100);
        Assert.That(BackOff.Delay(1, refresh, 0), Is.EqualTo(refresh));
        Assert.That(BackOff.Delay(5, refresh, 0), Is.EqualTo(refresh * 16));
        Assert.That(BackOff.Delay(1000, refresh, 0), Is.EqualTo(TimeSpan.FromSeconds(30)));
    }

    [TestCase(0.0, 4.0)]
    [TestCase(0.5, 3.6)]
    [TestCase(1.0, 3.2)]
    public void Jitter_shortens_the_delay_by_up_to_a_fifth(double random, double seconds) =>
        Assert.That(BackOff.Delay(3, TimeSpan.FromSeconds(30), random).TotalSeconds, Is.EqualTo(seconds).Within(1e-9));
}
