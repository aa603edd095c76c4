using System.Threading.Tasks.Sources;

namespace Relay.Libp2p.Yamux;

/// <summary>
/// One stream of a yamux session. The session's lock guards how it sends and its windows (<c>YamuxStream.Send.cs</c>), its own lock what it has
/// received (<c>YamuxStream.Receive.cs</c>); the own lock is never taken while the session's is held the other way round.
/// </summary>
internal sealed partial class YamuxStream : MuxedStream, IValueTaskSource<int>, IValueTaskSource
{
    private readonly YamuxSession _session;
    private bool _isUse;                        // it counts as use of the connection
    private long _abandoned = NotAbandoned;     // when it was disposed with only the remote's end still open

    private const long NotAbandoned = -1;

    public YamuxStream(YamuxSession session, uint id, bool isInbound, BufferPool pool, long now)
    {
        _session = session;
        Id = id;
        IsInbound = isInbound;
        _received = new ReceiveQueue(pool, session.Unread);
        _lastUpdate = now;
        _synToSend = !isInbound;
        _ackToSend = isInbound;
        session.Windows.Join();
    }

    public uint Id { get; }

    public bool IsInbound { get; }

    /// <summary>Whether whoever had it is done with it; guarded by the session's lock.</summary>
    public bool IsDisposed { get; private set; }

    public override Connection Connection => _session.Connection;

    internal override void CountAsUse()
    {
        lock (_session.Lock)
        {
            if (_isUse || _ended)
                return;
            _isUse = true;
            _session.BeginUseNeedsLock();
        }
    }

    public override void Reset() => Fail(new StreamException(StreamError.Reset, "The stream was reset here."), sendReset: true);

    public bool IsAbandonedSince(long now, TimeSpan patience)
    {
        long abandoned = Volatile.Read(ref _abandoned);
        return abandoned != NotAbandoned && _session.Time.GetElapsedTime(abandoned, now) > patience;
    }

    /// <summary>Ends the stream: whatever is pending fails with <paramref name="error"/>, what was received and not read is dropped.</summary>
    public void Fail(StreamException error, bool sendReset)
    {
        lock (_session.Lock)
        {
            FailWriteNeedsLock(error);
            if (!_ended)
            {
                EndNeedsLock();
                _rstToSend = sendReset;
                if (sendReset)
                    _session.EnqueueNeedsLock(this);
            }
        }

        FailRead(error);
        if (sendReset)
            _session.Pump();
    }

    public override ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    protected override void Dispose(bool disposing)
    {
        bool waitsForRemote;
        lock (_session.Lock)
        {
            waitsForRemote = (_finToSend || _finSent) && !_isWriting; // a write that is blocked would never end by itself
            if (_ended && !IsDisposed)
            {
                _session.ReleaseNeedsLock(this);
                if (IsInbound)
                    _session.Windows.Leave();
            }

            IsDisposed = true;
        }

        if (waitsForRemote)
            Abandon();
        else
            Reset();
        base.Dispose(disposing);
    }

    // The stream is over for both sides, or for this one: it leaves the table, and what its window had grown by goes back.
    private void EndNeedsLock()
    {
        _ended = true;
        _session.RemoveNeedsLock(this);
        if (_isUse)
            _session.EndUseNeedsLock();
        _session.Windows.Release(_window - YamuxProtocol.InitialWindow);
        if (!IsInbound || IsDisposed)
            _session.Windows.Leave(); // else the handler is not done with it
    }
}
