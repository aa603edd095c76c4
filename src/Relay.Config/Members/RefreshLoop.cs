using System.Threading.Channels;

namespace Relay.Members;

/// <summary>
/// When one source is read: at every refresh, when it signals a change, and after a failure by <see cref="BackOff"/> instead. One read at a time. Disposing it
/// ends the loop and waits for it.
/// </summary>
/// <remarks>
/// A signal brings the next read forward to now, or to one <see cref="Spacing"/> after the last read; signals before that are the same one. When a read that a
/// signal brought forward fails, the source has had its chance: signals are ignored until the back-off is over.
/// </remarks>
internal sealed class RefreshLoop : IAsyncDisposable
{
    /// <summary>The least time from a read to one that a signal brings forward: not to be noticed, and it bounds what a source can cost that signals all the time.</summary>
    public static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly TimeProvider _timeProvider;
    private readonly Func<double> _random;
    private readonly CancellationTokenSource _stop = new();

    // One read that is due is as good as many: it sees everything that came before it.
    private readonly Channel<bool> _due =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly IDisposable _subscription;
    private TimeSpan _refresh;
    private ITimer? _pace;
    private ITimer? _spacing;
    private Task _loop = Task.CompletedTask;
    private bool _isBackingOff;
    private bool _isSignalled;     // and no read has begun since
    private bool _isReading;
    private bool _wasSignalled;    // the read under way answers a signal
    private bool _isSpent;         // the last such read failed
    private long? _readAt;         // when the last read ended, as a timestamp

    /// <summary>Listens for changes from now on; reads nothing yet.</summary>
    public RefreshLoop(SourceReader reader, TimeSpan refresh, TimeProvider timeProvider, Func<double> random)
    {
        Reader = reader;
        _refresh = refresh;
        _timeProvider = timeProvider;
        _random = random;
        _subscription = reader.Source.OnChanged(Signal);
    }

    public SourceReader Reader { get; }

    /// <summary>Starts reading; the first read has been done.</summary>
    /// <param name="refreshAsync">Reads once, and calls <see cref="ReadEnded"/>.</param>
    /// <param name="onFault">Is told when <paramref name="refreshAsync"/> throws, after which the loop goes on.</param>
    public void Start(Func<RefreshLoop, CancellationToken, Task> refreshAsync, Action<Exception> onFault)
    {
        _spacing = CreateTimer();
        _pace = CreateTimer();
        _pace.Change(NextDelay(), _refresh);
        _loop = Task.Run(() => RunAsync(refreshAsync, onFault), CancellationToken.None);
    }

    /// <summary>Says that the source has been read, with what <see cref="SourceReader.State"/> says, and sets when that happens next.</summary>
    public void ReadEnded()
    {
        bool isSignalled;
        lock (_gate)
        {
            _isReading = false;
            _readAt = _timeProvider.GetTimestamp();
            _isSpent = _wasSignalled && Reader.State.Failures > 0;
            _isSignalled &= !_isSpent;
            isSignalled = _isSignalled;
        }

        if (isSignalled)
            _spacing?.Change(Spacing, Timeout.InfiniteTimeSpan);
        if (_isBackingOff || Reader.State.Failures > 0)
            _pace?.Change(NextDelay(), _refresh);
    }

    /// <summary>Reads in another interval from now on.</summary>
    public void SetRefresh(TimeSpan refresh)
    {
        if (_refresh == refresh)
            return;
        _refresh = refresh;
        _pace?.Change(NextDelay(), refresh);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            _subscription.Dispose();
        }
        finally
        {
            _pace?.Dispose();
            _spacing?.Dispose();
            await _stop.CancelAsync().ConfigureAwait(false);
            await _loop.ConfigureAwait(false);
            _stop.Dispose();
        }
    }

    private ITimer CreateTimer() =>
        _timeProvider.CreateTimer(static loop => ((RefreshLoop)loop!).BeDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    private void BeDue() => _due.Writer.TryWrite(true);

    private void Signal()
    {
        TimeSpan wait = TimeSpan.Zero;
        lock (_gate)
        {
            if (_isSignalled || _isSpent)
                return;
            _isSignalled = true;
            if (_isReading)
                return; // once that read has ended
            if (_readAt is { } at)
                wait = Spacing - _timeProvider.GetElapsedTime(at);
        }

        if (wait > TimeSpan.Zero)
            _spacing?.Change(wait, Timeout.InfiniteTimeSpan);
        else
            BeDue();
    }

    private TimeSpan NextDelay()
    {
        int failures = Reader.State.Failures;
        _isBackingOff = failures > 0;
        return _isBackingOff ? BackOff.Delay(failures, _refresh, _random()) : _refresh;
    }

    private void ReadBegins()
    {
        lock (_gate)
        {
            _isReading = true;
            _wasSignalled = _isSignalled;
            _isSignalled = false; // the read sees what the signal was about
        }

        _spacing?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private async Task RunAsync(Func<RefreshLoop, CancellationToken, Task> refreshAsync, Action<Exception> onFault)
    {
        try
        {
            await foreach (bool _ in _due.Reader.ReadAllAsync(_stop.Token).ConfigureAwait(false))
            {
                ReadBegins();
                try
                {
                    await refreshAsync(this, _stop.Token).ConfigureAwait(false);
                }
                catch (Exception e) when (e is not OperationCanceledException || !_stop.IsCancellationRequested)
                {
                    ReadEnded();
                    onFault(e);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
    }
}
