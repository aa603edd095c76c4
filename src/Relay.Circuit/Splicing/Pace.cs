using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Relay.Circuit.Splicing;

/// <summary>
/// How fast one direction of a circuit goes: within a rate of its own, and within the rate that all circuits share. It says when how much may be read, so
/// that a direction that has to wait holds nothing meanwhile. One caller at a time; <see cref="End"/> from anywhere.
/// </summary>
internal sealed class Pace : IValueTaskSource<int>, IDisposable
{
    private readonly Lock _gate = new();
    private readonly RateBucket? _own;
    private readonly SharedRate _shared;
    private readonly TimeProvider _time;
    private ManualResetValueTaskSourceCore<int> _turn = new() { RunContinuationsAsynchronously = true };
    private ITimer? _timer;
    private bool _isWaiting;
    private bool _hasEnded;

    /// <param name="bytesPerSecond">The direction's own rate; null for none.</param>
    /// <param name="shared">The rate that all share.</param>
    /// <param name="share">What the circuit has had of it.</param>
    /// <param name="time">The clock.</param>
    public Pace(long? bytesPerSecond, SharedRate shared, CircuitShare share, TimeProvider time)
    {
        _own = bytesPerSecond is { } rate ? new RateBucket(rate, time) : null;
        _shared = shared;
        _time = time;
        Share = share;
    }

    /// <summary>What the circuit has had of the shared rate.</summary>
    public CircuitShare Share { get; }

    /// <summary>The size of the piece it stands in line for; the shared rate guards it.</summary>
    public int Wanted { get; set; }

    /// <summary>Whether it still stands in line.</summary>
    public bool IsWaiting
    {
        get
        {
            lock (_gate)
                return _isWaiting;
        }
    }

    /// <summary>Waits until bytes may pass.</summary>
    /// <returns>How many, up to <paramref name="wanted"/>; 0 when it was ended.</returns>
    public ValueTask<int> WaitAsync(int wanted)
    {
        if (_own is null && !_shared.IsLimited)
            return new ValueTask<int>(wanted);
        return _own is { } own && own.Available(_time.GetTimestamp()) < PieceOf(own, wanted) ? WaitForOwnAsync(own, wanted) : WaitForSharedAsync(wanted);
    }

    /// <summary>What was allowed and did not pass.</summary>
    public void GiveBack(int unused)
    {
        if (unused == 0)
            return;
        _own?.GiveBack(unused);
        if (_shared.IsLimited)
            _shared.GiveBack(this, unused);
    }

    /// <summary>Called by the shared rate: <paramref name="piece"/> bytes may pass.</summary>
    /// <returns>False when nobody waits for them any more.</returns>
    public bool Grant(int piece)
    {
        lock (_gate)
        {
            if (!_isWaiting)
                return false;
            _isWaiting = false;
            _turn.SetResult(piece);
            return true;
        }
    }

    /// <summary>The circuit ends: whoever waits is let go, and nobody waits any more.</summary>
    public void End()
    {
        lock (_gate)
            _hasEnded = true;
        Grant(0);
    }

    public void Dispose() => _timer?.Dispose();

    int IValueTaskSource<int>.GetResult(short token) => _turn.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _turn.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _turn.OnCompleted(continuation, state, token, flags);

    /// <summary>
    /// What is worth a turn: a whole piece, or the relay would spend itself on the few bytes that come while it looks; but less than a buffer when the rate is
    /// low, so that a pause stays short and a sender that gives up meanwhile is heard in time.
    /// </summary>
    private static int PieceOf(RateBucket own, int wanted) => (int)Math.Min(wanted, own.Burst / 4);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> WaitForOwnAsync(RateBucket own, int wanted)
    {
        int piece = PieceOf(own, wanted);
        _timer ??= _time.CreateTimer(static s => ((Pace)s!).Grant(1), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        for (long now = _time.GetTimestamp(); own.Available(now) < piece; now = _time.GetTimestamp())
        {
            if (!TryBegin(out short version))
                return 0;
            _timer.Change(Stretch.Of(own.Wait(piece, now)), Timeout.InfiniteTimeSpan);
            await new ValueTask<int>(this, version).ConfigureAwait(false);
        }

        return await WaitForSharedAsync(wanted).ConfigureAwait(false);
    }

    private ValueTask<int> WaitForSharedAsync(int wanted)
    {
        int allowed = wanted;
        if (_own is { } own)
        {
            long now = _time.GetTimestamp();
            allowed = (int)Math.Min(wanted, own.Available(now));
            own.Take(allowed, now);
        }

        if (!_shared.IsLimited)
            return new ValueTask<int>(allowed);
        if (!TryBegin(out short version))
            return new ValueTask<int>(0);
        if (_shared.Take(this, allowed) is > 0 and int granted)
        {
            Settle();
            _own?.GiveBack(allowed - granted);
            return new ValueTask<int>(granted);
        }

        return _own is null ? new ValueTask<int>(this, version) : WaitForTurnAsync(_own, allowed, version);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> WaitForTurnAsync(RateBucket own, int allowed, short version)
    {
        int granted = await new ValueTask<int>(this, version).ConfigureAwait(false);
        own.GiveBack(allowed - granted);
        return granted;
    }

    private bool TryBegin(out short version)
    {
        lock (_gate)
        {
            version = 0;
            if (_hasEnded)
                return false;
            _isWaiting = true;
            _turn.Reset();
            version = _turn.Version;
            return true;
        }
    }

    // Served at once: nobody needs to call.
    private void Settle()
    {
        lock (_gate)
            _isWaiting = false;
    }
}
