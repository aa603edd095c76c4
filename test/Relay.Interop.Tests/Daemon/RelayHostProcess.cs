using System.Diagnostics;
using System.Text.RegularExpressions;
using Relay.TestKit;

namespace Relay.Interop.Tests.Daemon;

/// <summary>samples/RelayHost as an operator runs it: a process with flags, variables, signals and an exit code. Disposing it kills what still runs.</summary>
internal sealed partial class RelayHostProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ProcessLines _output;
    private readonly ProcessLines _errors;

    private RelayHostProcess(Process process)
    {
        _process = process;
        _output = new ProcessLines(process.StandardOutput);
        _errors = new ProcessLines(process.StandardError);
    }

    /// <summary>What it wrote to standard output so far.</summary>
    public IReadOnlyList<string> Output => _output.All;

    /// <summary>What it wrote to standard error so far.</summary>
    public IReadOnlyList<string> Errors => _errors.All;

    /// <summary>Starts it without the settings that this process may have in its environment.</summary>
    public static RelayHostProcess Start(IEnumerable<string> flags, params (string Variable, string Value)[] environment)
    {
        string assembly = Path.Combine(AppContext.BaseDirectory, "RelayHost.dll");
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [assembly, .. flags])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("EDGEVPN_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        foreach ((string variable, string value) in environment)
            start.Environment[variable] = value;
        Interrupts.ReachChildren();
        return new RelayHostProcess(Process.Start(start)!);
    }

    /// <summary>Waits for the line that says where it listens, and returns the address.</summary>
    public async Task<string> ListeningAsync() => AddressOf(await _output.NextAsync(_ => true));

    /// <summary>Waits for a line on standard error that contains the text.</summary>
    public Task<string> SaysAsync(string text) => _errors.NextAsync(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>Sends a signal, named as <c>kill</c> names it.</summary>
    public async Task SignalAsync(string signal)
    {
        using Process kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {_process.Id}"]);
        await kill.WaitForExitAsync().InTime();
        Assert.That(kill.ExitCode, Is.Zero, "sending the signal");
    }

    /// <summary>Waits for its end, all its output read, and returns the exit code.</summary>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().InTime();
        await Task.WhenAll(_output.Ended, _errors.Ended).InTime();
        return _process.ExitCode;
    }

    /// <summary>The address in a <c>listening</c> line.</summary>
    public static string AddressOf(string line)
    {
        Match match = Listening().Match(line);
        Assert.That(match.Success, $"a line that says where it listens, not: {line}");
        return match.Groups[1].Value;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await ExitAsync();
        if (TestContext.CurrentContext.Result.FailCount > 0)
            TestContext.Out.WriteLine($"RelayHost:\n{string.Join('\n', Output)}\n{string.Join('\n', Errors)}");
        _process.Dispose();
    }

    [GeneratedRegex("^listening (/ip4/127\\.0\\.0\\.1/tcp/[1-9][0-9]*/p2p/[1-9A-HJ-NP-Za-km-z]+)$")]
    private static partial Regex Listening();
}
