namespace Relay.Libp2p;

/// <summary>Memory that all streams of a node share, in bytes: first come, first served. Thread-safe.</summary>
internal sealed class MemoryBudget(long limit)
{
    private long _reserved;

    public long Reserved => Volatile.Read(ref _reserved);

    public bool TryReserve(long bytes)
    {
        if (Interlocked.Add(ref _reserved, bytes) <= limit)
            return true;
        Release(bytes);
        return false;
    }

    public void Release(long bytes) => Interlocked.Add(ref _reserved, -bytes);
}
