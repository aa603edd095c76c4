using System.Buffers;

namespace Relay.Libp2p;

/// <summary>The shared array pool, with a count of what is out: a node that is at rest holds no buffer, and a test can see that it does not.</summary>
internal sealed class BufferPool
{
    private long _rented;

    /// <summary>How many buffers are rented now.</summary>
    public long Rented => Volatile.Read(ref _rented);

    public byte[] Rent(int minimumLength)
    {
        Interlocked.Increment(ref _rented);
        return ArrayPool<byte>.Shared.Rent(minimumLength);
    }

    public void Return(byte[] buffer)
    {
        Interlocked.Decrement(ref _rented);
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
