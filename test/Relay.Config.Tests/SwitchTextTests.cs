using Relay.Settings;

namespace Relay.Tests;

internal sealed class SwitchTextTests
{
    [Test]
    public void The_booleans_of_Go_are_read(
        [Values("1", "t", "T", "TRUE", "true", "True")] string yes, [Values("0", "f", "F", "FALSE", "false", "False")] string no)
    {
        Assert.That(SwitchText.TryParse(yes, out bool isOn) && isOn, Is.True);
        Assert.That(SwitchText.TryParse(no, out bool isStillOn) && !isStillOn, Is.True);
    }

    [TestCase("")]
    [TestCase("yes")]
    [TestCase("on")]
    [TestCase("tRUE")]
    [TestCase("2")]
    [TestCase(" true")]
    public void Nothing_else_is(string text) => Assert.That(SwitchText.TryParse(text, out _), Is.False);
}
