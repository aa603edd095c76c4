using System.Threading.Channels;

namespace Relay.AutoRelay;

/// <summary>
/// What exists between a start of the <see cref="RelaySeeker"/> and its stop: a loop that waits for signals, and the requests and the search under way. Thread-safe,
/// but for what is the loop's alone.
/// </summary>
internal sealed class SeekerRun : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly List<Task> _tasks = [];
    private bool _isOver;

    // One pending signal is as good as many: the next look sees everything that came before it.
    private readonly Channel<bool> _signals =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private CancellationTokenSource? _search; // the loop's alone

    public SeekerRun(TimeProvider time)
    {
        _timer = time.CreateTimer(static run => ((SeekerRun)run!).Signal(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Fires when it is over. Nobody else's code has a hold of it: what a source registers on its token must not run here.</summary>
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

    /// <summary>Begins something, and keeps it until it has ended.</summary>
    /// <returns>Its task; null when the run is over, and it was not begun.</returns>
    public Task<T>? Track<T>(Func<Task<T>> work)
    {
        lock (_gate)
        {
            if (_isOver)
                return null;
            Task<T> task = Task.Run(work, CancellationToken.None);
            _tasks.RemoveAll(static task => task.IsCompleted);
            _tasks.Add(task);
            return task;
        }
    }

    /// <summary>Begins a search, one at a time.</summary>
    public void Search(Func<CancellationToken, Task<bool>> search)
    {
        _search?.Dispose();
        _search = CancellationTokenSource.CreateLinkedTokenSource(Stopping);
        CancellationToken token = _search.Token;
        _ = Track(() => search(token));
    }

    /// <summary>What was sought has been found.</summary>
    public void EndSearch() => _search?.Cancel();

    /// <summary>Ends what is under way, and waits for it. What it has come to is for those who wait for it.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] tasks;
        lock (_gate)
        {
            _isOver = true;
            tasks = [.. _tasks];
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _timer.DisposeAsync().ConfigureAwait(false);
        _search?.Dispose();
        _stop.Dispose();
    }
}
