namespace Relay.Libp2p;

/// <summary>
/// The memory that all receive windows of a node together may grow by, in bytes, above the initial window each stream has anyway. Thread-safe.
/// </summary>
internal sealed class WindowBudget(long limit)
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
