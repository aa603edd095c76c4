using System.Buffers;

namespace Relay.Circuit.Splicing;

/// <summary>The shared array pool with a count of what is out, so that a buffer that is not given back shows. Thread-safe.</summary>
internal sealed class RentedBuffers(int size)
{
    private long _count;

    /// <summary>Bytes of each.</summary>
    public int Size => size;

    /// <summary>Buffers rented and not returned.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Takes a buffer; the pool's may be longer than <see langword="size"/>, the part to use is not.</summary>
    public ArraySegment<byte> Rent()
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(size);
        Interlocked.Increment(ref _count);
        return new ArraySegment<byte>(buffer, 0, size);
    }

    /// <summary>Gives a buffer back, once.</summary>
    public void Return(ArraySegment<byte> buffer)
    {
        Interlocked.Decrement(ref _count);
        ArrayPool<byte>.Shared.Return(buffer.Array!);
    }
}
