namespace Relay.Tests;

/// <summary>The first thing a newcomer runs.</summary>
[TestFixture]
internal sealed class QuickstartTests
{
    [Test]
    public async Task It_tells_the_whole_story_and_ends_by_itself()
    {
        await using SampleProcess sample = SampleProcess.Start("Quickstart", []);
        Assert.That(await sample.EndAsync(), Is.Zero, sample.Output);
        Assert.That(sample.Output, Does.Contain("PermissionDenied").And.Contain("voucher").And.Contain("1048576 bytes echoed"));
    }
}
