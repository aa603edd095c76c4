using Relay.TestKit;

namespace Relay.Interop.Tests.Daemon;

/// <summary>The lines that a process writes, kept, and handed out once to those who wait for one.</summary>
internal sealed class ProcessLines
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _handedOut;

    public ProcessLines(TextReader reader) => Ended = ReadAsync(reader);

    /// <summary>Ends with the last line.</summary>
    public Task Ended { get; }

    public IReadOnlyList<string> All
    {
        get
        {
            lock (_lock)
                return [.. _lines];
        }
    }

    /// <summary>The first line that fits and comes after the last that was handed out, now or when it comes.</summary>
    public async Task<string> NextAsync(Func<string, bool> fits)
    {
        while (true)
        {
            Task changed;
            bool ended = Ended.IsCompleted; // before the lines are looked at: nothing comes after
            lock (_lock)
            {
                int found = _lines.FindIndex(_handedOut, line => fits(line));
                if (found >= 0)
                {
                    _handedOut = found + 1;
                    return _lines[found];
                }

                changed = _changed.Task;
            }

            if (ended)
                throw new EndOfStreamException($"The process ended without that line. It wrote:\n{string.Join('\n', All)}");
            await Task.WhenAny(changed, Ended).InTime();
        }
    }

    private async Task ReadAsync(TextReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            TaskCompletionSource changed;
            lock (_lock)
            {
                _lines.Add(line);
                (changed, _changed) = (_changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }

            changed.SetResult();
        }
    }
}
