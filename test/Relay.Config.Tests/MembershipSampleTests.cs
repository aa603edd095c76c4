namespace Relay.Tests;

/// <summary>The sample that shows each membership source: it checks every answer itself, and ends badly when one is wrong.</summary>
[TestFixture]
internal sealed class MembershipSampleTests
{
    [Test]
    public async Task Every_source_gives_the_right_answers()
    {
        await using SampleProcess sample = SampleProcess.Start("Membership", []);

        Assert.That(await sample.EndAsync(), Is.Zero, sample.Output);
        Assert.That(sample.Output.Split('\n'), Has.Length.EqualTo(10).And.All.Match("Alice is (admitted|refused), Bob is (admitted|refused)"));
    }
}
