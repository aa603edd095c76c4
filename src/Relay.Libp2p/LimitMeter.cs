namespace Relay.Libp2p;

/// <summary>
/// The bounds of one connection and what is used of them. Whoever brings a bounded connection makes one when it begins and feeds it. Thread-safe.
/// </summary>
public sealed class LimitMeter
{
    /// <summary>
    /// By how much sooner than told a relay may end a circuit: it starts its clock before this end does, and rounds what it tells up to whole seconds.
    /// </summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly long _start;
    private long _sent;
    private long _received;

    /// <summary>Starts to measure.</summary>
    /// <param name="limit">The bounds.</param>
    /// <param name="timeProvider">The clock.</param>
    public LimitMeter(ConnectionLimit limit, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(limit);
        ArgumentNullException.ThrowIfNull(timeProvider);
        Limit = limit;
        _time = timeProvider;
        _start = timeProvider.GetTimestamp();
    }

    /// <summary>The bounds.</summary>
    public ConnectionLimit Limit { get; }

    /// <summary>What is left of them now.</summary>
    public RemainingLimit Remaining => new(
        Limit.Duration is { } duration ? Positive(duration - _time.GetElapsedTime(_start)) : null,
        Limit.Data - Math.Min(Limit.Data ?? 0, Interlocked.Read(ref _sent)),
        Limit.Data - Math.Min(Limit.Data ?? 0, Interlocked.Read(ref _received)));

    /// <summary>
    /// Whether the remote may send no more: all it may has come. A connection that closes then has met its limit; go's relay ends a direction so.
    /// </summary>
    public bool IsAllReceived => Limit.Data is { } data && Interlocked.Read(ref _received) >= data;

    /// <summary>Whether a bound is met, so that a connection that is cut now was cut by it.</summary>
    public bool IsReached
    {
        get
        {
            if (Limit.Duration is { } duration && _time.GetElapsedTime(_start) >= duration - Min(Slack, duration / 2))
                return true;

            // js and rust count both directions together; whoever counts each by itself comes later than that.
            return Limit.Data is { } data && Interlocked.Read(ref _sent) + Interlocked.Read(ref _received) >= data;
        }
    }

    /// <summary>Counts bytes that are about to be sent.</summary>
    public void AddSent(int count) => Interlocked.Add(ref _sent, count);

    /// <summary>Says how many bytes have come so far, read or not.</summary>
    public void SetReceived(long total) => Volatile.Write(ref _received, total);

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
