using System.Threading.Channels;

namespace Relay.AutoRelay;

/// <summary>What exists between a start of the <see cref="RelaySeeker"/> and its stop: a loop that waits for signals, and the requests and the search under way.</summary>
internal sealed class SeekerRun : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _timer;
    private readonly List<Task> _tasks = []; // the loop's alone

    // One pending signal is as good as many: the next look sees everything that came before it.
    private readonly Channel<bool> _signals =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private CancellationTokenSource? _search;

    public SeekerRun(TimeProvider time)
    {
        _timer = time.CreateTimer(static run => ((SeekerRun)run!).Signal(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public Task Loop { get; set; } = Task.CompletedTask;

    public CancellationToken Stopping => _stop.Token;

    /// <summary>The loop looks again.</summary>
    public void Signal() => _signals.Writer.TryWrite(true);

    /// <summary>Waits for a signal, or until the time is over.</summary>
    public async Task WaitAsync(TimeSpan? atMost)
    {
        // Whole milliseconds are what timers count in, and rounding down would make one fire early and spin.
        if (atMost is { } wait)
            _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(Math.Min(wait.TotalMilliseconds, int.MaxValue))), Timeout.InfiniteTimeSpan);
        try
        {
            await _signals.Reader.ReadAsync(Stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
        }

        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Keeps what the loop has begun until it has ended.</summary>
    public void Track(Task task)
    {
        _tasks.RemoveAll(static task => task.IsCompleted);
        _tasks.Add(task);
    }

    /// <summary>Begins a search, one at a time.</summary>
    public void Search(Func<CancellationToken, Task> search)
    {
        _search?.Dispose();
        _search = CancellationTokenSource.CreateLinkedTokenSource(Stopping);
        CancellationToken token = _search.Token;
        Track(Task.Run(() => search(token), CancellationToken.None));
    }

    /// <summary>What was sought has been found.</summary>
    public void EndSearch() => _search?.Cancel();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Loop.ConfigureAwait(false);
        await Task.WhenAll(_tasks).ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
        _search?.Dispose();
        _stop.Dispose();
    }
}
