namespace Relay.TestKit;

/// <summary>
/// A clock that stands still until it is told to move. Timers fire on the thread that moves it, in the order in which they are due, each with the clock
/// showing the time it is due. Thread-safe.
/// </summary>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly Dictionary<TimeSpan, int> _armed = []; // how often, by when they were due
    private readonly List<(Func<bool> Condition, TaskCompletionSource Waiter)> _waiters = [];
    private DateTimeOffset _wall = new(2026, 1, 2, 3, 4, 5, 600, TimeSpan.Zero); // not a whole second: rounding must show
    private long _ticks = 12345; // not zero: a forgotten start must show

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Timers that will fire.</summary>
    public int ActiveTimers
    {
        get
        {
            lock (_gate)
                return _timers.Count;
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
            return _wall;
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_gate)
            return _ticks;
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves both clocks, firing what becomes due.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        long target = GetTimestamp() + by.Ticks;
        while (MoveToNext(target) is { } due)
            due.Fire();
    }

    /// <summary>
    /// Moves both clocks to where the next timer is due, and not beyond: what it sets going finds the clock there, however late it looks, so that none of its
    /// own deadlines passes on the way.
    /// </summary>
    public void AdvanceToNext()
    {
        long due;
        lock (_gate)
            due = _timers.Min(timer => timer.DueAt) - _ticks;
        Advance(TimeSpan.FromTicks(Math.Max(due, 0)));
    }

    /// <summary>Sets the wall clock forward or back, as an operator or NTP does; timers and timestamps do not notice.</summary>
    public void JumpWallClock(TimeSpan by)
    {
        lock (_gate)
            _wall += by;
    }

    /// <summary>Waits until <paramref name="count"/> timers are due in exactly <paramref name="dueIn"/>: the code under test has armed its deadline.</summary>
    public Task TimerIsArmedAsync(TimeSpan dueIn, int count = 1)
        => ConditionAsync(() => _timers.Count(t => t.DueAt == _ticks + dueIn.Ticks) >= count, $"timer due in {dueIn}");

    /// <summary>
    /// Waits until timers due in exactly <paramref name="dueIn"/> have been armed <paramref name="times"/> times in all: of steps that follow one another and
    /// have the same deadline, the code under test has reached that one.
    /// </summary>
    public Task TimerWasArmedAsync(TimeSpan dueIn, int times)
        => ConditionAsync(() => _armed.GetValueOrDefault(dueIn) >= times, $"{times} timers that were due in {dueIn}");

    /// <summary>Sets or clears when a timer fires.</summary>
    internal void Schedule(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                timer.DueAt = _ticks + dueTime.Ticks;
                timer.Period = period;
                _timers.Add(timer);
                _armed[dueTime] = _armed.GetValueOrDefault(dueTime) + 1;
            }

            _waiters.RemoveAll(w => w.Condition() && w.Waiter.TrySetResult());
        }
    }

    private async Task ConditionAsync(Func<bool> condition, string what)
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (condition())
                return;
            _waiters.Add((condition, waiter));
        }

        try
        {
            await waiter.Task.InTime();
        }
        catch (TimeoutException)
        {
            lock (_gate)
                throw new TimeoutException($"No {what}; there are [{string.Join(", ", _timers.Select(t => TimeSpan.FromTicks(t.DueAt - _ticks)))}].");
        }
    }

    private ManualTimer? MoveToNext(long target)
    {
        lock (_gate)
        {
            ManualTimer? next = _timers.Where(t => t.DueAt <= target).MinBy(t => t.DueAt);
            long to = next is null ? target : Math.Max(next.DueAt, _ticks);
            _wall += TimeSpan.FromTicks(to - _ticks);
            _ticks = to;
            if (next is null)
                return null;

            _timers.Remove(next);
            if (next.Period > TimeSpan.Zero)
            {
                next.DueAt += next.Period.Ticks;
                _timers.Add(next);
            }

            return next;
        }
    }
}
