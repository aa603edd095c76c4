namespace Relay.Libp2p;

/// <summary>
/// What one connection holds of a <see cref="MemoryBudget"/>: never more than it leaves free. One that hoards takes half, two take a third each, and
/// however many there are, there is as much left for whoever holds little. Thread-safe.
/// </summary>
internal sealed class MemoryShare(MemoryBudget budget)
{
    private long _held;

    public long Held => Volatile.Read(ref _held);

    public bool TryReserve(long bytes)
    {
        if (budget.TryReserve(bytes, free: Interlocked.Add(ref _held, bytes)))
            return true;
        Interlocked.Add(ref _held, -bytes);
        return false;
    }

    public void Release(long bytes)
    {
        Interlocked.Add(ref _held, -bytes);
        budget.Release(bytes);
    }
}
