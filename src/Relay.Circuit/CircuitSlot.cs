using Relay.Multiformats;

namespace Relay.Circuit;

/// <summary>
/// The right to one circuit, from its admission to its end. Disposing it, from any thread and any number of times, gives its counts back exactly once; whoever
/// wants the circuit to end before its time says so here. Thread-safe.
/// </summary>
internal sealed class CircuitSlot : IDisposable
{
    private readonly CancellationTokenSource _ended = new(); // never disposed: it holds nothing, and may be cancelled late
    private readonly Lock _gate = new();
    private Admission? _admission; // null once the counts are given back
    private ITimer? _drain;        // not null: the circuit is to end when it fires
    private long _drainDue;
    private ReasonCode _drainReason;
    private int _endReason;        // a ReasonCode

    public CircuitSlot(Admission admission, in ConnectRequest request, ReservationEntry destination, CircuitRelayOptions options)
    {
        _admission = admission;
        Source = request.Source;
        SourceAddress = request.SourceAddress;
        Destination = destination.Peer;
        DestinationAddress = destination.Address;
        Options = options;
        Memory = request.Memory.PerCircuit;
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

    /// <summary>Ends the circuit now. The first reason counts.</summary>
    public void End(ReasonCode reason)
    {
        Interlocked.CompareExchange(ref _endReason, (int)reason, (int)ReasonCode.None);
        _ended.Cancel();
    }

    /// <summary>Ends the circuit after a time. When it is to end already, the sooner holds.</summary>
    /// <returns>False when it is to end already, as soon and for the same reason.</returns>
    public bool EndAfter(TimeSpan delay, ReasonCode reason, TimeProvider time)
    {
        if (delay == TimeSpan.Zero)
        {
            End(reason);
            return true;
        }

        long due = time.GetTimestamp() + Admission.ToTimestampTicks(delay, time.TimestampFrequency);
        lock (_gate)
        {
            if (_admission is null || (_drain is not null && _drainReason == reason && _drainDue <= due))
                return false;
            if (_drain is not null && reason == ReasonCode.MembershipLost)
                return false; // an eviction stands, whoever is a member

            _drainReason = reason;
            if (_drain is null || due < _drainDue)
            {
                _drain?.Dispose();
                _drainDue = due;
                _drain = time.CreateTimer(static slot => ((CircuitSlot)slot!).EndNow(), this, delay, Timeout.InfiniteTimeSpan);
            }

            return true;
        }
    }

    /// <summary>The circuit need not end any more, if it was to for that reason.</summary>
    public void KeepOn(ReasonCode reason)
    {
        lock (_gate)
        {
            if (_drain is null || _drainReason != reason)
                return;
            _drain.Dispose();
            _drain = null;
        }
    }

    public void Dispose()
    {
        Admission? admission;
        lock (_gate)
        {
            (admission, _admission) = (_admission, null);
            _drain?.Dispose();
            _drain = null;
        }

        admission?.Release(this);
    }

    private void EndNow()
    {
        ReasonCode reason;
        lock (_gate)
        {
            if (_drain is null)
                return; // it may go on after all, or is over
            reason = _drainReason;
        }

        End(reason);
    }
}
