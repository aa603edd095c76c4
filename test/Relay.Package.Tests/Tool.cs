using System.Diagnostics;

namespace Packages.Tests;

/// <summary>Runs a program to its end and gives what it printed; it must end well, and in time.</summary>
internal static class Tool
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static async Task<string> RunAsync(string folder, string program, IEnumerable<string> args, string input = "")
    {
        var start = new ProcessStartInfo(program, args)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1"; // or the build's servers outlive the test, and hold its pipes
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment.Remove("MSBUILD_EXE_PATH"); // of the build that runs the tests
        start.Environment.Remove("MSBuildSDKsPath");
        using Process process = Process.Start(start)!;
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(Patience);
            string all = $"{await output}\n{await errors}";
            Assert.That(process.ExitCode, Is.Zero, $"{program} {string.Join(' ', args)}\n{all}");
            return all;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
