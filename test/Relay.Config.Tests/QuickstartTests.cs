using System.Diagnostics;
using Relay.TestKit;

namespace Relay.Tests;

/// <summary>The first thing a newcomer runs.</summary>
[TestFixture]
internal sealed class QuickstartTests
{
    [Test]
    public async Task It_tells_the_whole_story_and_ends_by_itself()
    {
        string program = Path.Combine(TestContext.CurrentContext.TestDirectory, "Quickstart.dll");
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [program]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().InTime();
            Assert.Multiple(() =>
            {
                Assert.That(process.ExitCode, Is.Zero, errors.Result);
                Assert.That(output.Result, Does.Contain("PermissionDenied").And.Contain("voucher").And.Contain("1048576 bytes echoed"));
            });
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
