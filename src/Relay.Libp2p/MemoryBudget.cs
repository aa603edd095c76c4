namespace Relay.Libp2p;

/// <summary>Memory that all streams of a node share, in bytes: first come, first served. Thread-safe.</summary>
internal sealed class MemoryBudget(long limit)
{
    private long _limit = limit;
    private long _reserved;
    private long _streams;

    /// <summary>How much there is. Lowered below what is taken, it takes nothing back.</summary>
    public long Limit
    {
        get => Volatile.Read(ref _limit);
        set => Volatile.Write(ref _limit, value);
    }

    public long Reserved => Volatile.Read(ref _reserved);

    /// <summary>How many streams share it.</summary>
    public long Streams => Volatile.Read(ref _streams);

    public void Join() => Interlocked.Increment(ref _streams);

    public void Leave() => Interlocked.Decrement(ref _streams);

    /// <summary>Takes <paramref name="bytes"/>, unless that would leave less than <paramref name="free"/>.</summary>
    public bool TryReserve(long bytes, long free = 0)
    {
        if (Interlocked.Add(ref _reserved, bytes) <= Limit - free)
            return true;
        Release(bytes);
        return false;
    }

    public void Release(long bytes) => Interlocked.Add(ref _reserved, -bytes);
}
