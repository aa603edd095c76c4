using Relay.Circuit.Host;

namespace Relay.Circuit.Splicing;

/// <summary>
/// An open circuit: two pumps, the clocks, and the rule that whatever ends it early, a limit, a reset at either end, the relay's stop, resets both streams,
/// which frees a reader or writer that is blocked.
/// </summary>
internal sealed class Splice
{
    private readonly IHostStream _source;
    private readonly IHostStream _destination;
    private readonly SpliceTerms _terms;
    private readonly TimeProvider _time;
    private readonly IdleClock? _idle;
    private readonly Pace _paceToDestination;
    private readonly Pace _paceToSource;
    private readonly CircuitPump _toDestination;
    private readonly CircuitPump _toSource;
    private int _end; // the first CircuitEnd that was not Closed
    private long _sentBefore; // when the idle time was last looked at
    private Exception? _failure;

    /// <summary>Joins two streams, which stay the caller's to dispose.</summary>
    public Splice(IHostStream source, IHostStream destination, SpliceTerms terms, SpliceResources resources)
    {
        _source = source;
        _destination = destination;
        _terms = terms;
        _time = resources.Time;
        _idle = terms.IdleTimeout is null ? null : new IdleClock(resources.Time);
        var share = new CircuitShare();
        _paceToDestination = new Pace(terms.Bandwidth, resources.Rate, share, resources.Time);
        _paceToSource = new Pace(terms.Bandwidth, resources.Rate, share, resources.Time);
        _toDestination = new CircuitPump(source, destination, terms.MaxData, resources.Buffers, _paceToDestination, _idle);
        _toSource = new CircuitPump(destination, source, terms.MaxData, resources.Buffers, _paceToSource, _idle);
    }

    /// <summary>Bytes forwarded from source to destination so far.</summary>
    public long BytesToDestination => _toDestination.Forwarded;

    /// <summary>Bytes forwarded from destination to source so far.</summary>
    public long BytesToSource => _toSource.Forwarded;

    /// <summary>Carries bytes both ways until both directions have ended; once. Never throws.</summary>
    public async Task<SpliceResult> RunAsync(CancellationToken stopping)
    {
        long start = _time.GetTimestamp();
        _sentBefore = _source.BytesSent + _destination.BytesSent;
        using ITimer? deadline = _terms.MaxDuration is { } duration ? StartTimer(duration, () => start, CircuitEnd.DurationLimit) : null;
        using ITimer? silence = _terms.IdleTimeout is { } timeout ? StartTimer(timeout, () => LastSignOfLife(timeout), CircuitEnd.IdleTimeout) : null;
        using CancellationTokenRegistration stop = stopping.UnsafeRegister(static s => ((Splice)s!).End(CircuitEnd.Stopped), this);
        using (_paceToDestination)
        using (_paceToSource)
            await Task.WhenAll(PumpAsync(_toDestination), PumpAsync(_toSource)).ConfigureAwait(false);

        var end = (CircuitEnd)Volatile.Read(ref _end);
        return new SpliceResult(end == CircuitEnd.None ? CircuitEnd.Closed : end, BytesToDestination, BytesToSource, _failure);
    }

    /// <summary>Ends the circuit before its time; the first cause is the one that counts. Also before it runs, and after.</summary>
    public bool End(CircuitEnd end)
    {
        bool isFirst = Interlocked.CompareExchange(ref _end, (int)end, (int)CircuitEnd.None) == (int)CircuitEnd.None;
        _source.Reset();
        _destination.Reset();
        _paceToDestination.End();
        _paceToSource.End();
        return isFirst;
    }

    private async Task PumpAsync(CircuitPump pump)
    {
        try
        {
            CircuitEnd end = await pump.RunAsync().ConfigureAwait(false);
            if (end != CircuitEnd.Closed)
                End(end);
        }
        catch (HostStreamException)
        {
            End(CircuitEnd.Reset);
        }
        catch (Exception e)
        {
            if (End(CircuitEnd.Failed))
                _failure = e;
        }
    }

    /// <summary>
    /// When the circuit was last busy. The pumps tell of bytes that come and of bytes that have passed; not that a receiver takes bit by bit what is being written to
    /// it, nor that bytes stand in line for a rate. So when a circuit seems idle, that is looked at before it is believed.
    /// </summary>
    private long LastSignOfLife(TimeSpan timeout)
    {
        long sent = _source.BytesSent + _destination.BytesSent;
        bool isBusy = sent != _sentBefore || _paceToDestination.IsWaiting || _paceToSource.IsWaiting;
        _sentBefore = sent;
        if (isBusy && _time.GetElapsedTime(_idle!.Touched) >= timeout)
            _idle.Touch();
        return _idle!.Touched;
    }

    /// <summary>Ends the circuit when <paramref name="span"/> has passed since the moment <paramref name="since"/> gives, which may move on meanwhile.</summary>
    private ITimer StartTimer(TimeSpan span, Func<long> since, CircuitEnd end)
    {
        ITimer? timer = null;
        timer = _time.CreateTimer(
            _ =>
            {
                TimeSpan left = span - _time.GetElapsedTime(since());
                if (left > TimeSpan.Zero)
                    timer!.Change(Stretch.Of(left), Timeout.InfiniteTimeSpan);
                else
                    End(end);
            },
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        timer.Change(Stretch.Of(span), Timeout.InfiniteTimeSpan);
        return timer;
    }
}
