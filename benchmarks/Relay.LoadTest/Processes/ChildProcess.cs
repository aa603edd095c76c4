using System.Diagnostics;

namespace Relay.LoadTest.Processes;

/// <summary>
/// A process this run has started, and talks to in lines. It ends with this one: told by the end of its standard input, or killed, it alone, when it does not
/// heed that.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int KeptLines = 40;
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly bool _endsWithInput;
    private readonly Queue<string> _errors = new(); // the last lines of its standard error

    private ChildProcess(string name, Process process, bool endsWithInput)
    {
        Name = name;
        _process = process;
        _endsWithInput = endsWithInput;
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginErrorReadLine();
        AppDomain.CurrentDomain.ProcessExit += KillNow; // this process is told to end in the middle of a run
    }

    public string Name { get; }

    public int Pid => _process.Id;

    public static ChildProcess Start(string name, string file, IEnumerable<string> arguments, bool endsWithInput = true)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new ChildProcess(name, Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start."), endsWithInput);
    }

    public async Task WriteLineAsync(string line)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(line);
            await _process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            throw Gone();
        }
    }

    /// <exception cref="InvalidOperationException">The process has ended.</exception>
    /// <exception cref="TimeoutException">No line came.</exception>
    public async Task<string> ReadLineAsync(TimeSpan patience) =>
        await _process.StandardOutput.ReadLineAsync().WaitAsync(patience) ?? throw Gone();

    /// <summary>The rest of the first line that begins with <paramref name="prefix"/>.</summary>
    public async Task<string> ReadAfterAsync(string prefix, TimeSpan patience)
    {
        while (true)
        {
            string line = await ReadLineAsync(patience);
            if (line.StartsWith(prefix, StringComparison.Ordinal))
                return line[prefix.Length..];
        }
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= KillNow;
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(_endsWithInput ? EndPatience : TimeSpan.Zero);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private void KillNow(object? sender, EventArgs e)
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It was disposed at this very moment; the others still want to be killed.
        }
    }

    private InvalidOperationException Gone()
    {
        lock (_errors)
            return new InvalidOperationException($"The process {Name} has ended.{Environment.NewLine}{string.Join(Environment.NewLine, _errors)}");
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lock (_errors)
        {
            _errors.Enqueue(line);
            if (_errors.Count > KeptLines)
                _errors.Dequeue();
        }
    }
}
