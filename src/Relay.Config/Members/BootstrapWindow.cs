namespace Relay.Members;

/// <summary>The time that the bootstrap window may stay open, from when this is created. Disposing it ends the waiting, not the window.</summary>
internal sealed class BootstrapWindow : IAsyncDisposable
{
    private readonly TimeProvider _timeProvider;
    private readonly long _openedAt;
    private readonly ITimer _timer;
    private readonly TaskCompletionSource _isOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _closing;

    /// <param name="timeProvider">The clock.</param>
    /// <param name="timeout">How long; null for as long as it takes.</param>
    /// <param name="closeAsync">Closes the window, once, when the time is up; never throws but for its cancellation.</param>
    public BootstrapWindow(TimeProvider timeProvider, TimeSpan? timeout, Func<CancellationToken, Task> closeAsync)
    {
        _timeProvider = timeProvider;
        _openedAt = timeProvider.GetTimestamp();
        _timer = timeProvider.CreateTimer(
            static over => ((TaskCompletionSource)over!).TrySetResult(), _isOver, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Arm(timeout);
        _closing = CloseAsync(closeAsync);
    }

    /// <summary>How long ago this was created.</summary>
    public TimeSpan OpenFor => _timeProvider.GetElapsedTime(_openedAt);

    /// <summary>Sets how long the window may stay open in all; a time that has passed is now.</summary>
    public void Arm(TimeSpan? timeout)
    {
        TimeSpan due = Timeout.InfiniteTimeSpan;
        if (timeout is { } all)
            due = all - _timeProvider.GetElapsedTime(_openedAt) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;
        _timer.Change(due, Timeout.InfiniteTimeSpan);
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await _closing.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task CloseAsync(Func<CancellationToken, Task> closeAsync)
    {
        try
        {
            await _isOver.Task.WaitAsync(_stop.Token).ConfigureAwait(false);
            await closeAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
    }
}
