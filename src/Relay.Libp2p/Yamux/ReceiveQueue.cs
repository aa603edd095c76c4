namespace Relay.Libp2p.Yamux;

/// <summary>
/// What a stream has received and nobody has read: a queue of pooled segments, filled densely, none held when it is empty. Every byte counts against the
/// connection's share of the node's budget. Not thread-safe.
/// </summary>
internal sealed class ReceiveQueue(BufferPool pool, MemoryShare budget)
{
    public const int MaxSegment = 64 * 1024;
    private const int MinSegment = 1024;

    private Segment? _first;
    private Segment? _last;

    public int Length { get; private set; }

    /// <param name="data">The bytes to append.</param>
    /// <param name="expected">How many more bytes are known to follow; sizes a new segment.</param>
    /// <returns>False when that would be more unread bytes than may be held: nothing was appended.</returns>
    public bool TryAppend(ReadOnlySpan<byte> data, int expected)
    {
        if (data.IsEmpty)
            return true;
        if (!budget.TryReserve(data.Length))
            return false;
        Length += data.Length;
        while (!data.IsEmpty)
        {
            if (_last is null || _last.End == _last.Array.Length)
            {
                var segment = new Segment(pool.Rent(Math.Clamp(data.Length + expected, MinSegment, MaxSegment)));
                if (_last is null)
                    _first = segment;
                else
                    _last.Next = segment;
                _last = segment;
            }

            int count = Math.Min(data.Length, _last.Array.Length - _last.End);
            data[..count].CopyTo(_last.Array.AsSpan(_last.End));
            _last.End += count;
            data = data[count..];
        }

        return true;
    }

    /// <summary>Moves as much as there is and fits into <paramref name="destination"/>.</summary>
    public int Read(Span<byte> destination)
    {
        int total = 0;
        while (total < destination.Length && _first is { } segment)
        {
            int count = Math.Min(destination.Length - total, segment.End - segment.Start);
            segment.Array.AsSpan(segment.Start, count).CopyTo(destination[total..]);
            segment.Start += count;
            total += count;
            if (segment.Start == segment.End)
                RemoveFirst(segment);
        }

        Length -= total;
        budget.Release(total);
        return total;
    }

    public void Clear()
    {
        while (_first is { } segment)
            RemoveFirst(segment);
        budget.Release(Length);
        Length = 0;
    }

    private void RemoveFirst(Segment segment)
    {
        _first = segment.Next;
        if (_first is null)
            _last = null;
        pool.Return(segment.Array);
    }

    private sealed class Segment(byte[] array)
    {
        public readonly byte[] Array = array;
        public int Start;
        public int End;
        public Segment? Next;
    }
}
