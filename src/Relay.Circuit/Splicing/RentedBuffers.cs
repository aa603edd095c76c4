using System.Buffers;
using System.Runtime.CompilerServices;

namespace Relay.Circuit.Splicing;

/// <summary>The shared array pool with a count of what is out, so that a buffer that is not given back shows. Thread-safe.</summary>
internal sealed class RentedBuffers
{
    private readonly int _size;
    private readonly StrongBox<long> _count;

    public RentedBuffers(int size)
        : this(size, new StrongBox<long>())
    {
    }

    private RentedBuffers(int size, StrongBox<long> count)
    {
        _size = size;
        _count = count;
    }

    /// <summary>Bytes of each.</summary>
    public int Size => _size;

    /// <summary>Buffers rented and not returned, of every size.</summary>
    public long Count => Interlocked.Read(ref _count.Value);

    /// <summary>The same with another size of buffer; what is out is counted together.</summary>
    public RentedBuffers OfSize(int size) => size == _size ? this : new RentedBuffers(size, _count);

    /// <summary>Takes a buffer; the pool's may be longer than the size asked for, the part to use is not.</summary>
    public ArraySegment<byte> Rent()
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(_size);
        Interlocked.Increment(ref _count.Value);
        return new ArraySegment<byte>(buffer, 0, _size);
    }

    /// <summary>Gives a buffer back, once.</summary>
    public void Return(ArraySegment<byte> buffer)
    {
        Interlocked.Decrement(ref _count.Value);
        ArrayPool<byte>.Shared.Return(buffer.Array!);
    }
}
