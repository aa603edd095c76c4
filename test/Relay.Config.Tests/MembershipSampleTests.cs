namespace Relay.Tests;

/// <summary>The sample that shows each membership source: it checks every answer itself, and ends badly when one is wrong.</summary>
[TestFixture]
internal sealed class MembershipSampleTests
{
    [Test]
    public async Task Every_source_gives_the_right_answers()
    {
        string output = await SampleProcess.RunAsync("Membership");

        Assert.That(output.TrimEnd().Split('\n'), Has.Length.EqualTo(10).And.All.Match("Alice is (admitted|refused), Bob is (admitted|refused)"));
    }
}
