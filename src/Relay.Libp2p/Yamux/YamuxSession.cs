using Relay.Libp2p.Noise;

namespace Relay.Libp2p.Yamux;

/// <summary>
/// A yamux session over a secured channel: many streams, each with a window of its own. One task reads; sending is done by whoever has something
/// to send and finds nobody sending (<c>YamuxSession.Send.cs</c>). <see cref="_lock"/> guards the table of streams and the sending state of each.
/// Owns the channel. Thread-safe.
/// </summary>
internal sealed partial class YamuxSession
{
    private readonly Lock _lock = new();
    private readonly NoiseChannel _channel;
    private readonly YamuxOptions _options;
    private readonly BufferPool _pool;
    private readonly MemoryBudget _windows;
    private readonly MemoryShare _unread;
    private readonly TimeProvider _time;
    private readonly Dictionary<uint, YamuxStream> _streams = [];
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool _isInitiator;
    private uint _nextId;
    private int _inboundStreams;                // counted until both ended and disposed: the handler of a stream that was reset still runs
    private int _outboundStreams;
    private bool _remoteWentAway;
    private Exception? _closed;                 // why the session ended; null while it runs
    private Action<YamuxStream>? _accept;
    private int _uses;                          // streams that count as use of the connection
    private long _idleSince;                    // when the last of them ended
    private TaskCompletionSource? _idle;        // ends with the last stream; null: nobody waits for that

    public YamuxSession(
        NoiseChannel channel, bool isInitiator, YamuxOptions options, BufferPool pool, MemoryBudget windows, MemoryBudget unread, TimeProvider time)
    {
        _channel = channel;
        _isInitiator = isInitiator;
        _options = options;
        _pool = pool;
        _windows = windows;
        _unread = new MemoryShare(unread);
        _time = time;
        _idleSince = time.GetTimestamp();
        _nextId = isInitiator ? 1u : 2u; // the initiator's ids are odd
        _batch = channel.CreateBatch();
    }

    /// <summary>The connection that the session serves; set before <see cref="Start"/>.</summary>
    public Connection Connection { get; set; } = null!;

    /// <summary>Ends, without fault, when the session has ended and holds nothing any more.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Why the session ended; null while it runs.</summary>
    public Exception? CloseReason => Volatile.Read(ref _closed);

    /// <summary>Whether streams can be opened: neither side has ended the session or said that it will.</summary>
    public bool IsUsable
    {
        get
        {
            lock (_lock)
                return _closed is null && !_remoteWentAway && _goAwayCode is null;
        }
    }

    /// <summary>How many streams are open in either direction.</summary>
    public int StreamCount
    {
        get
        {
            lock (_lock)
                return _streams.Count;
        }
    }

    /// <summary>Since when no stream has been open that counts as use; null while one is.</summary>
    public long? IdleSince
    {
        get
        {
            lock (_lock)
                return _uses > 0 ? null : _idleSince;
        }
    }

    /// <summary>Ends when no stream is open, be it only for a moment.</summary>
    public Task WhenIdle()
    {
        lock (_lock)
        {
            return _streams.Count == 0
                ? Task.CompletedTask
                : (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Begins to serve. <paramref name="accept"/> gets each inbound stream, on the reading task: it must return at once.</summary>
    public void Start(Action<YamuxStream> accept)
    {
        _accept = accept;
        _idleSince = _lastReceived = _time.GetTimestamp();
        ITimer keepAlive = _time.CreateTimer(static state => ((YamuxSession)state!).KeepAlive(), this, HalfInterval, HalfInterval);
        bool hasEnded;
        lock (_lock)
        {
            hasEnded = _closed is not null; // before it began: who ended it did not see the timer
            _keepAlive = keepAlive;
        }

        if (hasEnded)
            keepAlive.Dispose();
        _ = RunAsync();
    }

    /// <summary>Opens a stream; its first frame goes out with the first thing written to it.</summary>
    /// <exception cref="StreamException">The session has ended, is ending, or has as many streams as it may.</exception>
    public YamuxStream OpenStream()
    {
        lock (_lock)
        {
            if (_closed is not null || _remoteWentAway || _goAwayCode is not null)
                throw EndedNeedsLock();
            if (_outboundStreams >= _options.MaxStreams)
                throw new StreamException(StreamError.TooManyStreams, $"The connection has {_outboundStreams} outbound streams, as many as it may.");
            if (_nextId > uint.MaxValue - 2)
                throw new StreamException(StreamError.TooManyStreams, "The connection has used up its stream ids.");
            var stream = new YamuxStream(this, _nextId, isInbound: false, _pool, _time.GetTimestamp());
            _nextId += 2;
            _streams.Add(stream.Id, stream);
            _outboundStreams++;
            EnqueueNeedsLock(stream);
            return stream;
        }
    }

    /// <summary>Tells the remote goodbye, as far as it listens, and ends the session.</summary>
    public async Task CloseAsync(uint goAwayCode, Exception reason)
    {
        Task farewell = SendGoAway(goAwayCode);
        try
        {
            await farewell.WaitAsync(GoAwayPatience, _time).ConfigureAwait(false);
            await _channel.CloseWriteAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or IOException)
        {
            // The remote does not read, or is gone; it learns from the closed connection.
        }

        Terminate(reason);
        await Completion.ConfigureAwait(false);
    }

    /// <summary>Ends the session at once.</summary>
    public void Terminate(Exception reason)
    {
        YamuxStream[] streams;
        ITimer? keepAlive;
        StreamException ended;
        lock (_lock)
        {
            if (_closed is not null)
                return;
            _closed = reason;
            ended = EndedNeedsLock();
            keepAlive = _keepAlive;
            streams = [.. _streams.Values];
            _streams.Clear();
            NoteIdleNeedsLock();
            _inboundStreams = _outboundStreams = 0;
            _ready.Clear();
        }

        keepAlive?.Dispose();
        _channel.Abort();
        foreach (YamuxStream stream in streams)
            stream.Fail(ended, sendReset: false);
        _farewell.TrySetResult();
    }

    // A remote that had said goodbye was not cut off, however much it had used up.
    private StreamException EndedNeedsLock() =>
        _closed is StreamException { Reason: StreamError.LimitReached } limit && !_remoteWentAway
            ? new StreamException(StreamError.LimitReached, limit.Message, limit)
            : new StreamException(StreamError.ConnectionClosed, "The connection has ended.", _closed);

    private async Task RunAsync()
    {
        await ReceiveAsync().ConfigureAwait(false);
        _channel.ReleaseReceiveBuffer();
        await WhenNotSending().ConfigureAwait(false);
        await _channel.DisposeAsync().ConfigureAwait(false);
        _completion.TrySetResult();
    }

    // Takes a stream out of the table, once; its windows' growth goes back to the budget.
    internal void RemoveNeedsLock(YamuxStream stream)
    {
        if (!_streams.Remove(stream.Id))
            return;
        NoteIdleNeedsLock();
        if (!stream.IsInbound)
            _outboundStreams--;
        else if (stream.IsDisposed)
            _inboundStreams--;
    }

    internal void BeginUseNeedsLock() => _uses++;

    internal void EndUseNeedsLock()
    {
        if (--_uses == 0)
            _idleSince = _time.GetTimestamp();
    }

    private void NoteIdleNeedsLock()
    {
        if (_streams.Count > 0)
            return;
        _idle?.TrySetResult();
        _idle = null;
    }

    // The handler of an inbound stream that has ended is done with it.
    internal void ReleaseNeedsLock(YamuxStream stream)
    {
        if (stream.IsInbound)
            _inboundStreams--;
    }

    internal Lock Lock => _lock;

    /// <summary>What the windows of all streams of the node may grow by.</summary>
    internal MemoryBudget Windows => _windows;

    /// <summary>What the streams of the connection hold that nobody has read.</summary>
    internal MemoryShare Unread => _unread;

    internal TimeProvider Time => _time;

    internal uint MaxWindow => _options.MaxWindow;

    /// <summary>The reader of <paramref name="stream"/> has taken <paramref name="count"/> bytes and left <paramref name="unread"/>.</summary>
    internal void Consume(YamuxStream stream, int count, int unread)
    {
        if (count == 0)
            return;
        lock (_lock)
        {
            if (!stream.ConsumeNeedsLock(count, unread))
                return;
            EnqueueNeedsLock(stream);
        }

        Pump();
    }
}
