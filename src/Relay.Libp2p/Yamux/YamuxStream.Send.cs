using System.Threading.Tasks.Sources;

namespace Relay.Libp2p.Yamux;

// Sending; everything here is guarded by the session's lock. The stream keeps what it has to send as state, not as queued frames: when its turn
// comes it turns into at most a reset, or one window update (with SYN or ACK), a piece of data and the FIN.
internal sealed partial class YamuxStream
{
    private ManualResetValueTaskSourceCore<bool> _writer = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _writeCancellation;
    private ReadOnlyMemory<byte> _pending;   // of the write that waits
    private bool _isWriting;                 // a writer waits
    private bool _isCopying;                 // the sender is reading from _pending: it must stay what it is
    private Exception? _writeFailure;        // came while copying; delivered after
    private StreamException? _writeError;
    private long _sendWindow = YamuxProtocol.InitialWindow;
    private long _bytesSent;                 // read without the lock
    private uint _grantToSend;
    private bool _synToSend;
    private bool _ackToSend;
    private bool _rstToSend;
    private bool _finToSend;
    private bool _finSent;
    private bool _remoteClosed;
    private bool _ended;                     // not in the session's table any more

    /// <summary>Whether it stands in the session's line.</summary>
    public bool IsQueued { get; set; }

    public override long BytesSent => Interlocked.Read(ref _bytesSent);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        WriteAsync(buffer, isLast: false, cancellationToken);

    public override ValueTask WriteLastAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        buffer.IsEmpty ? CloseWriteAsync(cancellationToken) : WriteAsync(buffer, isLast: true, cancellationToken);

    private ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, bool isLast, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled(cancellationToken);
        short version;
        lock (_session.Lock)
        {
            if (_isWriting || _isCopying)
                throw new InvalidOperationException("The stream is being written already.");
            if (_writeError is { } error)
                return ValueTask.FromException(new StreamException(error.Reason, error.Message, error.InnerException));
            if (_finToSend || _finSent)
                throw new InvalidOperationException("The stream is closed for writing.");
            if (buffer.IsEmpty)
                return ValueTask.CompletedTask;
            _isWriting = true;
            _pending = buffer;
            _finToSend = isLast; // it is sent once nothing is pending
            _writer.Reset();
            version = _writer.Version;
            if (_sendWindow > 0)
                _session.EnqueueNeedsLock(this);
        }

        // The common case: nobody is sending, so this thread does, and the write is over when it comes back.
        _session.Pump();
        if (cancellationToken.CanBeCanceled && ((IValueTaskSource)this).GetStatus(version) == ValueTaskSourceStatus.Pending)
            _writeCancellation = cancellationToken.UnsafeRegister(static (state, token) => ((YamuxStream)state!).CancelWrite(token), this);
        return new ValueTask(this, version);
    }

    public override ValueTask CloseWriteAsync(CancellationToken cancellationToken = default)
    {
        lock (_session.Lock)
        {
            if (_writeError is { } error)
                return ValueTask.FromException(new StreamException(error.Reason, error.Message, error.InnerException));
            if (_finToSend || _finSent)
                return ValueTask.CompletedTask;
            _finToSend = true;
            _session.EnqueueNeedsLock(this);
        }

        _session.Pump();
        return ValueTask.CompletedTask;
    }

    /// <summary>The remote grants <paramref name="delta"/> more bytes.</summary>
    /// <exception cref="YamuxException">The window would pass what 32 bits can say.</exception>
    public void GrantNeedsLock(uint delta)
    {
        _sendWindow += delta;
        if (_sendWindow > uint.MaxValue)
            throw new YamuxException($"a window update of {delta} that makes a window of {_sendWindow}");
        if (_sendWindow > 0 && !_pending.IsEmpty && !_isCopying)
            _session.EnqueueNeedsLock(this);
    }

    /// <summary>
    /// The stream's turn: writes the headers of what it sends now, and gives the body of the last data frame. The sender calls
    /// <see cref="DataTakenNeedsLock"/> when it has copied that.
    /// </summary>
    public int TakeFramesNeedsLock(Span<byte> headers, int maxData, out ReadOnlyMemory<byte> data)
    {
        data = default;
        int length = 0;
        if (_rstToSend)
        {
            // A stream that was never announced has nobody to tell. The ACK has a frame of its own: py-libp2p looks for nothing else in one that has it.
            _rstToSend = false;
            if (_synToSend)
                return 0;
            if (TakeOpening() is var ack and not YamuxFlags.None)
                length = Write(headers, YamuxFrameType.WindowUpdate, ack, 0);
            return length + Write(headers[length..], YamuxFrameType.WindowUpdate, YamuxFlags.Rst, 0);
        }

        if (_ended)
            return 0;
        YamuxFlags opening = TakeOpening();
        if (opening != YamuxFlags.None || _grantToSend > 0)
        {
            length += Write(headers, YamuxFrameType.WindowUpdate, opening, _grantToSend);
            _grantToSend = 0;
        }

        int count = (int)Math.Min(Math.Min(_pending.Length, maxData), _sendWindow);
        if (count > 0)
        {
            data = _pending[..count];
            _isCopying = true;
            _sendWindow -= count;
            length += Write(headers[length..], YamuxFrameType.Data, YamuxFlags.None, (uint)count);
        }
        else if (_finToSend && _pending.IsEmpty)
        {
            _finToSend = false;
            _finSent = true;
            length += Write(headers[length..], YamuxFrameType.WindowUpdate, YamuxFlags.Fin, 0);
            EndIfClosedNeedsLock();
        }

        return length;
    }

    /// <summary>The sender has copied <paramref name="count"/> bytes of the pending write.</summary>
    public void DataTakenNeedsLock(int count)
    {
        _isCopying = false;
        _pending = _pending[count..];
        Volatile.Write(ref _bytesSent, _bytesSent + count);
        if (_writeFailure is { } failure)
        {
            _writeFailure = null;
            CompleteWriteNeedsLock(failure);
        }
        else if (_pending.IsEmpty)
        {
            CompleteWriteNeedsLock(null);
        }

        if ((!_pending.IsEmpty && _sendWindow > 0) || (_pending.IsEmpty && _finToSend) || _rstToSend)
            _session.EnqueueNeedsLock(this);
    }

    void IValueTaskSource.GetResult(short token)
    {
        _writeCancellation.Dispose();
        _writeCancellation = default;
        _writer.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _writer.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _writer.OnCompleted(continuation, state, token, flags);

    private int Write(Span<byte> destination, YamuxFrameType type, YamuxFlags flags, uint length)
    {
        new YamuxHeader(type, flags, Id, length).Write(destination);
        return YamuxProtocol.HeaderLength;
    }

    private YamuxFlags TakeOpening()
    {
        YamuxFlags flags = (_synToSend ? YamuxFlags.Syn : YamuxFlags.None) | (_ackToSend ? YamuxFlags.Ack : YamuxFlags.None);
        _synToSend = _ackToSend = false;
        return flags;
    }

    private void EndIfClosedNeedsLock()
    {
        if (_remoteClosed && _finSent && !_ended)
            EndNeedsLock();
    }

    private void CompleteWriteNeedsLock(Exception? failure)
    {
        _pending = default;
        _isWriting = false;
        if (failure is null)
            _writer.SetResult(true);
        else
            _writer.SetException(failure);
    }

    private void FailWriteNeedsLock(StreamException error)
    {
        _writeError = error;
        if (!_isWriting)
            return;
        if (_isCopying)
            _writeFailure ??= error;
        else
            CompleteWriteNeedsLock(error);
    }

    // A write that is given up has left the stream in the middle of something: the stream is of no use to either side.
    private void CancelWrite(CancellationToken cancellationToken)
    {
        lock (_session.Lock)
        {
            if (!_isWriting)
                return;
            var canceled = new OperationCanceledException(cancellationToken);
            if (_isCopying)
                _writeFailure = canceled;
            else
                CompleteWriteNeedsLock(canceled);
        }

        Reset();
    }
}
