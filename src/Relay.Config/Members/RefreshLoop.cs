using System.Threading.Channels;

namespace Relay.Members;

/// <summary>
/// When one source is read: at every refresh, whenever it signals a change, and after a failure by <see cref="BackOff"/> instead. One read
/// at a time; signals meanwhile are one more read. Disposing it ends the loop and waits for it.
/// </summary>
internal sealed class RefreshLoop : IAsyncDisposable
{
    private TimeSpan _refresh;
    private readonly Func<double> _random;
    private readonly CancellationTokenSource _stop = new();

    // One pending signal is as good as many: the next read sees everything that came before it.
    private readonly Channel<bool> _signals =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly IDisposable _subscription;
    private ITimer? _timer;
    private Task _loop = Task.CompletedTask;
    private bool _isBackingOff;

    /// <summary>Listens for changes from now on; reads nothing yet.</summary>
    public RefreshLoop(SourceReader reader, TimeSpan refresh, Func<double> random)
    {
        Reader = reader;
        _refresh = refresh;
        _random = random;
        _subscription = reader.Source.OnChanged(Signal);
    }

    public SourceReader Reader { get; }

    /// <summary>Starts reading; the first read has been done.</summary>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="refreshAsync">Reads once, and calls <see cref="SetPace"/>.</param>
    public void Start(TimeProvider timeProvider, Func<RefreshLoop, CancellationToken, Task> refreshAsync)
    {
        _timer = timeProvider.CreateTimer(static loop => ((RefreshLoop)loop!).Signal(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(NextDelay(), _refresh);
        _loop = Task.Run(() => RunAsync(refreshAsync), CancellationToken.None);
    }

    /// <summary>Sets when the source is read next, after it has been read.</summary>
    public void SetPace()
    {
        if (_isBackingOff || Reader.State.Failures > 0)
            _timer?.Change(NextDelay(), _refresh);
    }

    /// <summary>Reads in another interval from now on.</summary>
    public void SetRefresh(TimeSpan refresh)
    {
        if (_refresh == refresh)
            return;
        _refresh = refresh;
        _timer?.Change(NextDelay(), refresh);
    }

    public async ValueTask DisposeAsync()
    {
        _subscription.Dispose();
        if (_timer is not null)
            await _timer.DisposeAsync().ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
    }

    private void Signal() => _signals.Writer.TryWrite(true);

    private TimeSpan NextDelay()
    {
        int failures = Reader.State.Failures;
        _isBackingOff = failures > 0;
        return _isBackingOff ? BackOff.Delay(failures, _refresh, _random()) : _refresh;
    }

    private async Task RunAsync(Func<RefreshLoop, CancellationToken, Task> refreshAsync)
    {
        try
        {
            await foreach (bool _ in _signals.Reader.ReadAllAsync(_stop.Token).ConfigureAwait(false))
                await refreshAsync(this, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
    }
}
