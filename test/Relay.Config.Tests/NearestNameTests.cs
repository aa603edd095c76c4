using Relay.Settings;

namespace Relay.Tests;

internal sealed class NearestNameTests
{
    private static readonly string[] Known = ["--relay-service", "--relay-service-max-data", "--listen-maddrs"];

    [TestCase("--relay-servce", "--relay-service")]
    [TestCase("--relay-service-maxdata", "--relay-service-max-data")]
    [TestCase("--listen-addrs", "--listen-maddrs")]
    [TestCase("--token", null)]
    [TestCase("", null)]
    public void The_name_with_the_fewest_changes_is_found_if_it_is_near(string name, string? nearest)
        => Assert.That(NearestName.Find(name, Known), Is.EqualTo(nearest));

    [TestCase("", "abc", 3)]
    [TestCase("abc", "abc", 0)]
    [TestCase("kitten", "sitting", 3)]
    [TestCase("flaw", "lawn", 2)]
    public void The_distance_counts_single_changes(string from, string to, int distance)
    {
        Assert.That(NearestName.Distance(from, to), Is.EqualTo(distance));
        Assert.That(NearestName.Distance(to, from), Is.EqualTo(distance));
    }

    [Test]
    public void An_endless_name_costs_nothing() => Assert.That(NearestName.Find(new string('-', 1_000_000), Known), Is.Null);
}
