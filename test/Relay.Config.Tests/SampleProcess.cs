using System.Collections.Concurrent;
using System.Diagnostics;
using Relay.TestKit;

namespace Relay.Tests;

/// <summary>A sample that runs in a process of its own. It ends when its input closes, or is ended when it is disposed.</summary>
internal sealed class SampleProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = [];
    private readonly Task _output;
    private readonly Task _errors;

    private SampleProcess(ProcessStartInfo start)
    {
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        _process = Process.Start(start)!;
        _output = ReadAsync(_process.StandardOutput);
        _errors = ReadAsync(_process.StandardError);
    }

    /// <summary>What it has said so far, on either of its outputs.</summary>
    public string Output => string.Join('\n', _lines);

    /// <summary>Starts a sample.</summary>
    /// <param name="name">The name of its assembly.</param>
    /// <param name="args">Its arguments.</param>
    /// <param name="within">What runs the command, instead of this process: <c>ip netns exec NAME</c>.</param>
    public static SampleProcess Start(string name, IEnumerable<string> args, params string[] within)
    {
        string[] command = [.. within, "dotnet", Path.Combine(TestContext.CurrentContext.TestDirectory, $"{name}.dll"), .. args];
        return new SampleProcess(new ProcessStartInfo(command[0], command[1..]));
    }

    /// <summary>Waits for a line that fits.</summary>
    public async Task<string> LineAsync(Func<string, bool> fits)
    {
        await Eventually.TrueAsync(() => _lines.Any(fits) || _process.HasExited, "a line of the sample");
        return _lines.FirstOrDefault(fits) ?? throw new InvalidOperationException($"The sample ended without it:\n{Output}");
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> EndAsync()
    {
        await Task.WhenAll(_process.WaitForExitAsync(), _output, _errors).InTime();
        return _process.ExitCode;
    }

    /// <summary>Closes its input, which asks it to end.</summary>
    public void CloseInput() => _process.StandardInput.Close();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await Task.WhenAll(_output, _errors).InTime();
        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
            _lines.Enqueue(line);
    }
}
