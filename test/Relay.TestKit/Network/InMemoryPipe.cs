using Relay.Circuit.Host;

namespace Relay.TestKit.Network;

/// <summary>
/// One direction of an <see cref="InMemoryStream"/>: a window of bytes with a reader and a writer, back-pressure, FIN, and a break that loses what was
/// not read, the way a reset does.
/// </summary>
internal sealed class InMemoryPipe(int window)
{
    private readonly Lock _gate = new();
    private readonly byte[] _ring = new byte[window];
    private TaskCompletionSource? _readable; // a reader waits for it
    private TaskCompletionSource? _writable; // a writer waits for it
    private int _start;
    private int _count;
    private long _taken;
    private bool _isFinished;
    private HostStreamError? _broken;
    private bool _isReading;
    private bool _isWriting;

    /// <summary>Bytes it has taken from the writer so far.</summary>
    public long Taken
    {
        get
        {
            lock (_gate)
                return _taken;
        }
    }

    public bool IsFinished
    {
        get
        {
            lock (_gate)
                return _isFinished;
        }
    }

    public bool IsBroken
    {
        get
        {
            lock (_gate)
                return _broken is not null;
        }
    }

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        Enter(ref _isReading, "read");
        try
        {
            if (TryRead(buffer, out int read) is not { } wait)
            {
                Leave(ref _isReading);
                return new ValueTask<int>(read);
            }

            return WaitAndReadAsync(wait, buffer, cancellationToken);
        }
        catch (HostStreamException e)
        {
            Leave(ref _isReading);
            return ValueTask.FromException<int>(e);
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        Enter(ref _isWriting, "write");
        try
        {
            while (TryWrite(ref data) is { } wait)
                await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Leave(ref _isWriting);
        }
    }

    /// <summary>The writer closes: what is there can still be read.</summary>
    public void Finish()
    {
        lock (_gate)
        {
            ThrowIfBroken();
            _isFinished = true;
            Signal(ref _readable);
        }
    }

    /// <summary>Both ends fail from now on, and what was not read is lost.</summary>
    public void Break(HostStreamError error)
    {
        lock (_gate)
        {
            _broken ??= error;
            _count = 0;
            Signal(ref _readable);
            Signal(ref _writable);
        }
    }

    private async ValueTask<int> WaitAndReadAsync(Task wait, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            int read;
            do
                await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
            while ((wait = TryRead(buffer, out read)!) is not null);
            return read;
        }
        finally
        {
            Leave(ref _isReading);
        }
    }

    private Task? TryRead(Memory<byte> buffer, out int read)
    {
        lock (_gate)
        {
            ThrowIfBroken();
            read = Math.Min(buffer.Length, _count);
            if (_count == 0 && !_isFinished)
                return (_readable ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

            int first = Math.Min(read, window - _start);
            _ring.AsSpan(_start, first).CopyTo(buffer.Span);
            _ring.AsSpan(0, read - first).CopyTo(buffer.Span[first..]);
            _start = (_start + read) % window;
            _count -= read;
            if (read > 0)
                Signal(ref _writable);
            return null;
        }
    }

    private Task? TryWrite(ref ReadOnlyMemory<byte> data)
    {
        lock (_gate)
        {
            ThrowIfBroken();
            if (_isFinished)
                throw new InvalidOperationException("Written after closing.");

            int count = Math.Min(data.Length, window - _count);
            int end = (_start + _count) % window;
            int first = Math.Min(count, window - end);
            data.Span[..first].CopyTo(_ring.AsSpan(end));
            data.Span[first..count].CopyTo(_ring);
            _count += count;
            _taken += count;
            data = data[count..];
            if (count > 0)
                Signal(ref _readable);
            if (data.IsEmpty)
                return null;
            return (_writable ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private void Enter(ref bool busy, string what)
    {
        lock (_gate)
        {
            if (busy)
                throw new InvalidOperationException($"A second {what} at the same time.");
            busy = true;
        }
    }

    private void Leave(ref bool busy)
    {
        lock (_gate)
            busy = false;
    }

    private void ThrowIfBroken()
    {
        if (_broken is { } error)
            throw new HostStreamException(error, $"The stream ended: {error}.");
    }

    private static void Signal(ref TaskCompletionSource? waiter)
    {
        waiter?.TrySetResult();
        waiter = null;
    }
}
