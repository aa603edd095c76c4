using Relay.Circuit.Splicing;
using Relay.Multiformats;

namespace Relay.Circuit;

/// <summary>
/// The right to one circuit, from its admission to its end. Disposing it, from any thread and any number of times, gives its counts back exactly once; whoever
/// wants the circuit to end before its time says so here. Thread-safe.
/// </summary>
internal sealed class CircuitSlot : IDisposable
{
    private const long Never = long.MaxValue;

    private readonly CancellationTokenSource _ended = new(); // never disposed: it holds nothing, and may be cancelled late
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private Admission? _admission;      // null once the counts are given back
    private ITimer? _timer;             // fires at the sooner of the two
    private long _evictionDue = Never;
    private long _lossDue = Never;
    private long _lostAt = Never;       // since when access control does not admit it any more
    private long _policyVersion;        // that it was judged under last
    private int _endReason;             // a ReasonCode

    public CircuitSlot(Admission admission, in ConnectRequest request, ReservationEntry destination, CircuitRelayOptions options, TimeProvider time)
    {
        _admission = admission;
        _time = time;
        Source = request.Source;
        SourceAddress = request.SourceAddress;
        Destination = destination.Peer;
        DestinationAddress = destination.Address;
        Options = options;
        Memory = RelayMemory.OfCircuit(options.BufferSize, request.Memory.PerStream);
    }

    public PeerId Source { get; }

    public Multiaddress SourceAddress { get; }

    public PeerId Destination { get; }

    /// <summary>Where the destination was when it reserved.</summary>
    public Multiaddress DestinationAddress { get; }

    /// <summary>What it was admitted under, and what holds for it to its end.</summary>
    public CircuitRelayOptions Options { get; }

    /// <summary>What it may take in memory, in bytes.</summary>
    public long Memory { get; }

    /// <summary>Fires when the circuit is to end before its time.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Why it fired; <see cref="ReasonCode.None"/> while it has not.</summary>
    public ReasonCode EndReason => (ReasonCode)Volatile.Read(ref _endReason);

    public bool Involves(PeerId peer) => Source == peer || Destination == peer;

    /// <summary>Its peer is evicted: the circuit ends after <paramref name="delay"/>, if it is not to end sooner. Nothing takes that back.</summary>
    public void Evict(TimeSpan delay)
    {
        lock (_gate)
            _evictionDue = Math.Min(_evictionDue, After(_time.GetTimestamp(), delay));
        EndWhenDue();
    }

    /// <summary>Access control does not admit it any more: the circuit ends when that has been so for <paramref name="drain"/>, if it is not to end sooner.</summary>
    /// <param name="drain">How long it goes on, from when it was lost first.</param>
    /// <param name="policyVersion">The policy it was judged under; a judgement that is older than the last one counts for nothing.</param>
    /// <returns>Whether that makes it end at another time than before.</returns>
    public bool Expel(TimeSpan drain, long policyVersion)
    {
        lock (_gate)
        {
            if (policyVersion < _policyVersion || _admission is null)
                return false;
            _policyVersion = policyVersion;
            _lostAt = Math.Min(_lostAt, _time.GetTimestamp());
            long before = _lossDue;
            _lossDue = After(_lostAt, drain);
            if (_lossDue == before)
                return false;
        }

        EndWhenDue();
        return true;
    }

    /// <summary>Access control admits it, or its word ends no circuits: it ends for that reason no more.</summary>
    /// <param name="policyVersion">As with <see cref="Expel"/>.</param>
    public void Readmit(long policyVersion)
    {
        lock (_gate)
        {
            if (policyVersion < _policyVersion)
                return;
            _policyVersion = policyVersion;
            (_lostAt, _lossDue) = (Never, Never);
        }

        EndWhenDue();
    }

    public void Dispose()
    {
        Admission? admission;
        lock (_gate)
        {
            (admission, _admission) = (_admission, null);
            _timer?.Dispose();
            _timer = null;
        }

        admission?.Release(this);
    }

    private long After(long start, TimeSpan delay) => start + Admission.ToTimestampTicks(delay, _time.TimestampFrequency);

    /// <summary>Ends the circuit if that is due, or sees to it when it will be.</summary>
    private void EndWhenDue()
    {
        ReasonCode reason;
        lock (_gate)
        {
            if (_admission is null)
                return;
            long now = _time.GetTimestamp();
            long due = Math.Min(_evictionDue, _lossDue);
            if (due > now)
            {
                SetTimerNeedsLock(now, due);
                return;
            }

            reason = _evictionDue <= _lossDue ? ReasonCode.Evicted : ReasonCode.MembershipLost;
        }

        Interlocked.CompareExchange(ref _endReason, (int)reason, (int)ReasonCode.None);
        _ended.Cancel();
    }

    private void SetTimerNeedsLock(long now, long due)
    {
        if (due == Never)
        {
            _timer?.Dispose();
            _timer = null;
            return;
        }

        _timer ??= _time.CreateTimer(static slot => ((CircuitSlot)slot!).EndWhenDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(Stretch.Of(_time.GetElapsedTime(now, due)), Timeout.InfiniteTimeSpan);
    }
}
