using System.Threading.Tasks.Sources;

namespace Relay.Libp2p.Yamux;

// Receiving. Bytes go straight into the buffer of a reader that waits, else into the queue; what is read is granted to the remote again.
internal sealed partial class YamuxStream
{
    private readonly Lock _receiveLock = new();
    private readonly ReceiveQueue _received;
    private ManualResetValueTaskSourceCore<int> _reader = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _readCancellation;
    private Memory<byte> _readBuffer;
    private bool _isReading;             // a reader waits
    private int _longest;                // the queue has been, in bytes, since the last grant; also read and reset under the session's lock
    private bool _endReceived;
    private bool _isDiscarding;          // disposed: what still arrives is dropped
    private StreamException? _readError;
    private long _bytesReceived;         // written under the own lock, as is the next
    private long _bytesRead;

    // Guarded by the session's lock.
    private uint _window = YamuxProtocol.InitialWindow; // the most the remote may send ahead of the reader
    private uint _receiveWindow = YamuxProtocol.InitialWindow; // what it may send now
    private uint _consumed;              // read since the last grant
    private long _lastUpdate;

    public override long ReceiveBound
    {
        get
        {
            lock (_session.Lock)
                return _window + ReceiveQueue.MaxSegment;
        }
    }

    public override long BytesReceived => Interlocked.Read(ref _bytesReceived);

    public override long BytesRead => Interlocked.Read(ref _bytesRead);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<int>(cancellationToken);
        int count;
        int unread;
        lock (_receiveLock)
        {
            if (_isReading)
                throw new InvalidOperationException("The stream is being read already.");
            if (_readError is { } error)
                return ValueTask.FromException<int>(new StreamException(error.Reason, error.Message, error.InnerException));
            ObjectDisposedException.ThrowIf(_isDiscarding, this);
            if (_received.Length == 0 && !_endReceived)
            {
                _isReading = true;
                _readBuffer = buffer;
                _reader.Reset();
                if (cancellationToken.CanBeCanceled)
                    _readCancellation = cancellationToken.UnsafeRegister(static (state, token) => ((YamuxStream)state!).CancelRead(token), this);
                return new ValueTask<int>(this, _reader.Version);
            }

            count = _received.Read(buffer.Span);
            unread = _received.Length;
            Volatile.Write(ref _bytesRead, _bytesRead + count);
        }

        _session.Consume(this, count, unread);
        return new ValueTask<int>(count);
    }

    /// <summary>Called by the session with a piece of a frame's body; <paramref name="expected"/> bytes of it follow.</summary>
    public void Receive(ReadOnlySpan<byte> data, int expected)
    {
        int consumed = 0;
        bool isKept;
        lock (_receiveLock)
        {
            if (_isDiscarding || _readError is not null || _endReceived)
                return;
            Volatile.Write(ref _bytesReceived, _bytesReceived + data.Length);
            if (_isReading && !_readBuffer.IsEmpty)
            {
                consumed = Math.Min(data.Length, _readBuffer.Length);
                data[..consumed].CopyTo(_readBuffer.Span);
                data = data[consumed..];
                Volatile.Write(ref _bytesRead, _bytesRead + consumed);
            }

            isKept = _received.TryAppend(data, expected);
            Volatile.Write(ref _longest, Math.Max(_longest, _received.Length));
            if (_isReading && isKept)
                CompleteReadNeedsLock(consumed);
        }

        if (isKept)
            _session.Consume(this, consumed, data.Length);
        else
            Fail(new StreamException(StreamError.Reset, "The stream was reset here: the connection holds as many unread bytes as it may."), sendReset: true);
    }

    /// <summary>Called by the session with the remote's FIN.</summary>
    public void ReceiveEnd()
    {
        lock (_receiveLock)
        {
            if (_endReceived || _readError is not null)
                return;
            _endReceived = true;
            if (_isReading)
                CompleteReadNeedsLock(0);
        }

        lock (_session.Lock)
        {
            _remoteClosed = true;
            EndIfClosedNeedsLock();
        }
    }

    /// <summary>Takes the window for a frame's body before the body comes; under the session's lock.</summary>
    /// <exception cref="YamuxException">The remote sends more than it was granted.</exception>
    public void ReserveReceiveNeedsLock(uint length)
    {
        if (length > _receiveWindow)
            throw new YamuxException($"a data frame of {length} bytes into a window of {_receiveWindow}");
        _receiveWindow -= length;
    }

    /// <summary>
    /// Counts what was read. At half a window it is granted to the remote again; if that came quicker than a few round trips the window is what
    /// holds the remote back, and it doubles when the budget allows. Not so if the bytes had to wait for the reader: then that is what holds both back, and a
    /// larger window would only make the queue longer. Under the session's lock.
    /// </summary>
    /// <param name="count">How much was read.</param>
    /// <param name="unread">How much was left.</param>
    /// <returns>Whether there is a grant to send.</returns>
    public bool ConsumeNeedsLock(int count, int unread)
    {
        if (_ended || _remoteClosed)
            return false;
        _consumed += (uint)count;
        if (_consumed < _window / 2)
            return false;
        long now = _session.Time.GetTimestamp();
        uint grant = _consumed;
        uint growth = _window < _session.MaxWindow ? Math.Min(_window, _session.MaxWindow - _window) : 0;
        int longest = Interlocked.Exchange(ref _longest, unread);
        if (growth > 0
            && longest <= Math.Max(YamuxProtocol.InitialWindow, _window / 4)
            && _session.RoundTripNeedsLock() is { } roundTrip
            && _session.Time.GetElapsedTime(_lastUpdate, now) < 4 * roundTrip
            && _session.Windows.TryReserve(growth))
        {
            grant += growth;
            _window += growth;
        }

        _lastUpdate = now;
        _consumed = 0;
        _receiveWindow += grant;
        _grantToSend += grant;
        return true;
    }

    int IValueTaskSource<int>.GetResult(short token)
    {
        _readCancellation.Dispose();
        _readCancellation = default;
        return _reader.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _reader.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _reader.OnCompleted(continuation, state, token, flags);

    private void CompleteReadNeedsLock(int count)
    {
        _isReading = false;
        _readBuffer = default;
        _reader.SetResult(count);
    }

    private void CancelRead(CancellationToken cancellationToken)
    {
        lock (_receiveLock)
        {
            if (_isReading)
                FailReaderNeedsLock(new OperationCanceledException(cancellationToken));
        }
    }

    private void FailRead(StreamException error)
    {
        lock (_receiveLock)
        {
            // The end of the connection takes nothing away from a remote that had said all it wanted to say.
            if (_readError is not null || (_endReceived && error.Reason is (StreamError.ConnectionClosed or StreamError.LimitReached)))
                return;
            _readError = error;
            _received.Clear();
            if (_isReading)
                FailReaderNeedsLock(error);
        }
    }

    private void FailReaderNeedsLock(Exception error)
    {
        _isReading = false;
        _readBuffer = default;
        _reader.SetException(error);
    }

    private void Abandon()
    {
        lock (_receiveLock)
        {
            _isDiscarding = true;
            _received.Clear();
            if (_isReading)
                FailReaderNeedsLock(new ObjectDisposedException(nameof(MuxedStream)));
        }

        Interlocked.CompareExchange(ref _abandoned, _session.Time.GetTimestamp(), NotAbandoned);
    }
}
