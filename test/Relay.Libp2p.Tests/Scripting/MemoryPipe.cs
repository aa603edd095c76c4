namespace Relay.Libp2p.Tests.Scripting;

/// <summary>One direction of a <see cref="MemoryDuplex"/>: bytes in order, at most <paramref name="capacity"/> ahead of the reader.</summary>
internal sealed class MemoryPipe(int capacity)
{
    private readonly Lock _gate = new();
    private readonly byte[] _ring = new byte[capacity];
    private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _start;
    private int _count;
    private bool _isFinished;
    private Exception? _readFailure;
    private Exception? _writeFailure;

    /// <summary>Ends when a writer has had to wait for the reader.</summary>
    public Task Stalled => _stalled.Task;

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_readFailure is not null)
                    throw _readFailure;
                if (_count > 0 || _isFinished)
                    return Take(buffer.Span);
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_writeFailure is not null)
                    throw _writeFailure;
                data = data[Put(data.Span)..];
                if (data.IsEmpty)
                    return;
                changed = _changed.Task;
            }

            _stalled.TrySetResult();
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>No more bytes come; what was written can still be read.</summary>
    public void Finish(Exception writeFailure) => Change(() =>
    {
        _isFinished = true;
        _writeFailure ??= writeFailure;
    });

    /// <summary>Nobody reads any more.</summary>
    public void Break(Exception readFailure, Exception writeFailure) => Change(() =>
    {
        _readFailure ??= readFailure;
        _writeFailure ??= writeFailure;
    });

    private int Take(Span<byte> destination)
    {
        int count = Math.Min(destination.Length, _count);
        int first = Math.Min(count, capacity - _start);
        _ring.AsSpan(_start, first).CopyTo(destination);
        _ring.AsSpan(0, count - first).CopyTo(destination[first..]);
        _start = (_start + count) % capacity;
        _count -= count;
        if (count > 0)
            Signal();
        return count;
    }

    private int Put(ReadOnlySpan<byte> data)
    {
        int count = Math.Min(data.Length, capacity - _count);
        int end = (_start + _count) % capacity;
        int first = Math.Min(count, capacity - end);
        data[..first].CopyTo(_ring.AsSpan(end));
        data[first..count].CopyTo(_ring);
        _count += count;
        if (count > 0)
            Signal();
        return count;
    }

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
            Signal();
        }
    }

    private void Signal()
    {
        TaskCompletionSource changed = _changed;
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }
}
