using Relay.Circuit.Host;

namespace Relay.Circuit.Splicing;

/// <summary>
/// An open circuit: two pumps, a clock, and the rule that whatever ends it early, a limit, a reset at either end, the relay's stop, resets both streams,
/// which frees a reader or writer that is blocked.
/// </summary>
internal sealed class Splice
{
    /// <summary>Timers run this long at most; a longer duration is waited for in stretches.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(40);

    private readonly IHostStream _source;
    private readonly IHostStream _destination;
    private readonly CircuitPump _toDestination;
    private readonly CircuitPump _toSource;
    private int _end; // the first SpliceEnd that was not Closed
    private Exception? _failure;

    private Splice(IHostStream source, IHostStream destination, long? maxData, RentedBuffers buffers)
    {
        _source = source;
        _destination = destination;
        _toDestination = new CircuitPump(source, destination, maxData, buffers);
        _toSource = new CircuitPump(destination, source, maxData, buffers);
    }

    /// <summary>Carries bytes both ways until both directions have ended. Never throws; the streams stay the caller's to dispose.</summary>
    public static async Task<SpliceResult> RunAsync(
        IHostStream source,
        IHostStream destination,
        long? maxData,
        TimeSpan? maxDuration,
        RentedBuffers buffers,
        TimeProvider time,
        CancellationToken stopping)
    {
        var splice = new Splice(source, destination, maxData, buffers);
        using ITimer? deadline = maxDuration is { } duration ? splice.StartTimer(duration, time) : null;
        using CancellationTokenRegistration stop = stopping.UnsafeRegister(static s => ((Splice)s!).End(SpliceEnd.Stopped), splice);

        await Task.WhenAll(splice.PumpAsync(splice._toDestination), splice.PumpAsync(splice._toSource)).ConfigureAwait(false);

        var end = (SpliceEnd)Volatile.Read(ref splice._end);
        return new SpliceResult(
            end == SpliceEnd.None ? SpliceEnd.Closed : end,
            splice._toDestination.Forwarded,
            splice._toSource.Forwarded,
            splice._failure);
    }

    private async Task PumpAsync(CircuitPump pump)
    {
        try
        {
            SpliceEnd end = await pump.RunAsync().ConfigureAwait(false);
            if (end != SpliceEnd.Closed)
                End(end);
        }
        catch (HostStreamException)
        {
            End(SpliceEnd.Reset);
        }
        catch (Exception e)
        {
            if (End(SpliceEnd.Failed))
                _failure = e;
        }
    }

    /// <summary>Ends the circuit before its time; the first cause is the one that counts.</summary>
    private bool End(SpliceEnd end)
    {
        bool isFirst = Interlocked.CompareExchange(ref _end, (int)end, (int)SpliceEnd.None) == (int)SpliceEnd.None;
        _source.Reset();
        _destination.Reset();
        return isFirst;
    }

    private ITimer StartTimer(TimeSpan duration, TimeProvider time)
    {
        long start = time.GetTimestamp();
        ITimer? timer = null;
        timer = time.CreateTimer(
            _ =>
            {
                TimeSpan left = duration - time.GetElapsedTime(start);
                if (left > TimeSpan.Zero)
                    timer!.Change(Stretch(left), Timeout.InfiniteTimeSpan);
                else
                    End(SpliceEnd.DurationLimit);
            },
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        timer.Change(Stretch(duration), Timeout.InfiniteTimeSpan);
        return timer;
    }

    /// <summary>The next stretch to wait: whole milliseconds are what timers count in, and rounding down would make one fire early and spin.</summary>
    private static TimeSpan Stretch(TimeSpan left)
        => left > LongestTimer ? LongestTimer : TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
}
