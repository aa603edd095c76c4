using System.Buffers;

namespace Relay.Libp2p;

/// <summary>
/// A pool of arrays, with a count of what is out: a node that is at rest holds no buffer, and a test can see that it does not. It is the node's own, since a
/// busy stream has more out than the shared pool keeps: that would be allocated over and over. What it keeps is at most 64 MiB.
/// </summary>
internal sealed class BufferPool
{
    private const int LongestKept = 256 * 1024;
    private const int KeptOfEachLength = 128;

    private readonly ArrayPool<byte> _arrays = ArrayPool<byte>.Create(LongestKept, KeptOfEachLength);
    private long _rented;

    /// <summary>How many buffers are rented now.</summary>
    public long Rented => Volatile.Read(ref _rented);

    public byte[] Rent(int minimumLength)
    {
        Interlocked.Increment(ref _rented);
        return _arrays.Rent(minimumLength);
    }

    public void Return(byte[] buffer)
    {
        Interlocked.Decrement(ref _rented);
        _arrays.Return(buffer);
    }
}
