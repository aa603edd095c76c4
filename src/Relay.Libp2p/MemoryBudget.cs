namespace Relay.Libp2p;

/// <summary>Memory that all streams of a node share, in bytes: first come, first served. Thread-safe.</summary>
internal sealed class MemoryBudget(long limit)
{
    private long _reserved;
    private long _streams;

    public long Reserved => Volatile.Read(ref _reserved);

    /// <summary>How many streams share it.</summary>
    public long Streams => Volatile.Read(ref _streams);

    public void Join() => Interlocked.Increment(ref _streams);

    public void Leave() => Interlocked.Decrement(ref _streams);

    /// <summary>Takes <paramref name="bytes"/>, unless that would leave less than <paramref name="free"/>.</summary>
    public bool TryReserve(long bytes, long free = 0)
    {
        if (Interlocked.Add(ref _reserved, bytes) <= limit - free)
            return true;
        Release(bytes);
        return false;
    }

    public void Release(long bytes) => Interlocked.Add(ref _reserved, -bytes);
}
