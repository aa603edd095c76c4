using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Relay.Interop.Tests.Peer;

/// <summary>The scripts with the packages of their lock file, and the node binary that came with these.</summary>
internal sealed record JsInstallation(string NodeBinary, string PeerScript)
{
    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(8);

    /// <summary>
    /// Runs <c>npm ci</c> in <paramref name="directory"/> unless it ran there before, to its end, for the same lock file.
    /// Several test runs at once wait for each other.
    /// </summary>
    public static JsInstallation Ensure(string directory, string npm, TextWriter progress)
    {
        string key = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(directory, "package-lock.json"))))[..16];
        string marker = Path.Combine(directory, "node_modules", $".installed-{key}"); // npm ci removes node_modules first, and with it the marker
        using var oneAtATime = new Mutex(initiallyOwned: false, $"Global\\Relay.Interop.Tests.{key}");
        Acquire(oneAtATime);
        try
        {
            if (!File.Exists(marker))
            {
                progress.WriteLine("Installing js-libp2p with npm ci");
                RunNpm(directory, npm);
                File.WriteAllText(marker, string.Empty);
            }
        }
        finally
        {
            oneAtATime.ReleaseMutex();
        }
        return new JsInstallation(FindNode(directory), Path.Combine(directory, "peer.mjs"));
    }

    public static string? FindNpm()
    {
        string name = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";
        return (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
    }

    private static void Acquire(Mutex mutex)
    {
        try
        {
            if (!mutex.WaitOne(InstallTimeout))
                throw new TimeoutException("Another test run did not finish installing js-libp2p.");
        }
        catch (AbandonedMutexException)
        {
            // Its owner died and the mutex is ours now; the marker says how far it came.
        }
    }

    private static void RunNpm(string directory, string npm)
    {
        var start = new ProcessStartInfo(npm)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The platform's node binary is an optional dependency; no package needs an install script.
        foreach (string argument in new[] { "ci", "--ignore-scripts", "--include=optional", "--no-audit", "--no-fund" })
            start.ArgumentList.Add(argument);

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(InstallTimeout))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            throw new TimeoutException($"npm ci did not end within {InstallTimeout}.");
        }
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"npm ci ended with {process.ExitCode}.\n{output.Result}\n{errors.Result}");
    }

    /// <summary>The lock file pins one package per platform that holds nothing but the binary; npm installs the one that fits.</summary>
    private static string FindNode(string directory)
    {
        string binary = OperatingSystem.IsWindows() ? "bin/node.exe" : "bin/node";
        string[] found = [.. Directory.GetDirectories(Path.Combine(directory, "node_modules"), "node-*")
            .Select(package => Path.Combine(package, binary))
            .Where(File.Exists)];
        return found.Length == 1
            ? found[0]
            : throw new PlatformNotSupportedException(
                $"js/package.json pins no node binary for {RuntimeInformation.RuntimeIdentifier}: add its package to optionalDependencies.");
    }
}
