using System.Diagnostics;
using Relay.TestKit;

namespace Relay.Tests;

/// <summary>A sample that runs as its reader would run it, until it ends.</summary>
internal static class SampleProcess
{
    /// <summary>Runs the program of this name, which must end by itself and well, and returns what it printed.</summary>
    public static async Task<string> RunAsync(string name)
    {
        string program = Path.Combine(TestContext.CurrentContext.TestDirectory, name + ".dll");
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [program]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().InTime();
            Assert.That(process.ExitCode, Is.Zero, $"{await output}{await errors}");
            return await output;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
