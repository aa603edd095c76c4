namespace Relay.Libp2p.Yamux;

// Reading: the plaintext is a run of frames that need not line up with what a read brings; a frame's body goes to its stream piece by piece.
internal sealed partial class YamuxSession
{
    private const int MaxPendingRefusals = 1024;
    private const int MaxPendingPongs = 64;

    private readonly byte[] _header = new byte[YamuxProtocol.HeaderLength];
    private int _headerLength;           // of the header that is coming in
    private YamuxHeader _frame;          // the data frame whose body is coming in
    private YamuxStream? _frameStream;   // where its body goes; null: nowhere
    private int _frameRemaining;
    private long _lastReceived;
    private readonly List<YamuxStream> _accepted = []; // with what is being parsed

    private async Task ReceiveAsync()
    {
        Exception reason;
        try
        {
            while (true)
            {
                ReadOnlyMemory<byte> chunk = await _channel.ReadAsync(CancellationToken.None).ConfigureAwait(false);
                if (chunk.IsEmpty)
                {
                    reason = new IOException("The remote closed the connection.");
                    break;
                }

                Volatile.Write(ref _lastReceived, _time.GetTimestamp());
                Parse(chunk.Span);
                AcknowledgeSilent();
                Pump();
            }
        }
        catch (YamuxException e)
        {
            reason = e;
            try
            {
                await SendGoAway(YamuxProtocol.GoAwayProtocolError).WaitAsync(GoAwayPatience, _time).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // It does not read either.
            }
        }
        catch (Exception e)
        {
            reason = e;
        }

        Terminate(reason);
    }

    private void Parse(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            if (_frameRemaining > 0)
            {
                int count = Math.Min(data.Length, _frameRemaining);
                _frameRemaining -= count;
                _frameStream?.Receive(data[..count], _frameRemaining);
                data = data[count..];
                if (_frameRemaining == 0)
                    FinishData();
                continue;
            }

            int missing = YamuxProtocol.HeaderLength - _headerLength;
            int taken = Math.Min(missing, data.Length);
            data[..taken].CopyTo(_header.AsSpan(_headerLength));
            _headerLength += taken;
            data = data[taken..];
            if (taken < missing)
                return;
            _headerLength = 0;
            Handle(YamuxHeader.Read(_header));
        }
    }

    // The ACK of a stream goes along with the first answer on it. An opener that has said nothing yet may be waiting for the ACK: it goes out now.
    private void AcknowledgeSilent()
    {
        foreach (YamuxStream stream in _accepted)
        {
            if (stream.BytesReceived > 0)
                continue;
            lock (_lock)
                EnqueueNeedsLock(stream);
        }

        _accepted.Clear();
    }

    private void Handle(YamuxHeader frame)
    {
        switch (frame.Type)
        {
            case YamuxFrameType.Data:
                BeginData(frame);
                break;
            case YamuxFrameType.WindowUpdate:
                HandleWindowUpdate(frame);
                break;
            case YamuxFrameType.Ping:
                HandlePing(frame);
                break;
            default:
                HandleGoAway();
                break;
        }
    }

    private void BeginData(YamuxHeader frame)
    {
        YamuxStream? stream = FindOrAccept(frame);
        lock (_lock)
            stream?.ReserveReceiveNeedsLock(frame.Length);

        // A body for a stream that is gone is passed over. It can be as long as it likes: it is never kept.
        if (stream is null && frame.Length > int.MaxValue)
            throw new YamuxException($"a data frame of {frame.Length} bytes");
        _frame = frame;
        _frameStream = stream;
        _frameRemaining = (int)frame.Length;
        if (_frameRemaining == 0)
            FinishData();
    }

    private void FinishData()
    {
        YamuxStream? stream = _frameStream;
        _frameStream = null;
        if (stream is not null)
            ApplyEnd(stream, _frame.Flags);
    }

    private void HandleWindowUpdate(YamuxHeader frame)
    {
        YamuxStream? stream = FindOrAccept(frame);
        if (stream is null)
            return;

        // With RST some implementations put an error code where the window delta is.
        if ((frame.Flags & YamuxFlags.Rst) == 0)
        {
            lock (_lock)
                stream.GrantNeedsLock(frame.Length);
        }

        ApplyEnd(stream, frame.Flags);
    }

    private static void ApplyEnd(YamuxStream stream, YamuxFlags flags)
    {
        if ((flags & YamuxFlags.Rst) != 0)
            stream.Fail(new StreamException(StreamError.Reset, "The remote reset the stream."), sendReset: false);
        else if ((flags & YamuxFlags.Fin) != 0)
            stream.ReceiveEnd();
    }

    // The stream a frame is for. A SYN makes a new one; a frame for a stream that is not there any more is none of ours to answer.
    private YamuxStream? FindOrAccept(YamuxHeader frame)
    {
        if (frame.StreamId == 0)
            throw new YamuxException($"a {frame.Type} frame for stream 0");
        YamuxStream? stream;
        lock (_lock)
        {
            if ((frame.Flags & YamuxFlags.Syn) == 0)
                return _streams.GetValueOrDefault(frame.StreamId);
            if (frame.StreamId % 2 == (_isInitiator ? 1u : 0u))
                throw new YamuxException($"a SYN for stream {frame.StreamId}, an id of this side's parity");
            if (_streams.ContainsKey(frame.StreamId))
                throw new YamuxException($"a second SYN for stream {frame.StreamId}");
            if (_closed is not null || _goAwaySent)
                return null;
            if (_inboundStreams >= _options.MaxStreams)
            {
                if (_refusals.Count >= MaxPendingRefusals)
                    throw new YamuxException($"more than {MaxPendingRefusals} streams over the limit without reading the refusals");
                _refusals.Enqueue(frame.StreamId);
                return null;
            }

            // Streams that have ended stand in line with the rest until their turn comes, which it does not when the remote does not read.
            if (_ready.Count >= 2 * _options.MaxStreams + MaxPendingRefusals)
                throw new YamuxException("streams without end, without reading what became of them");

            stream = new YamuxStream(this, frame.StreamId, isInbound: true, _pool, _time.GetTimestamp());
            _streams.Add(stream.Id, stream);
            _inboundStreams++;
        }

        _accepted.Add(stream);
        _accept!(stream);
        return stream;
    }

    // Which stream a ping or a go-away names is not looked at: they are about the session, and others (go, rust) take them like this.
    private void HandlePing(YamuxHeader frame)
    {
        lock (_lock)
        {
            if ((frame.Flags & YamuxFlags.Syn) != 0)
            {
                if (_pongs.Count >= MaxPendingPongs)
                    throw new YamuxException($"more than {MaxPendingPongs} pings without reading the answers");
                _pongs.Enqueue(frame.Length);
            }
            else if ((frame.Flags & YamuxFlags.Ack) != 0)
            {
                HandlePongNeedsLock(frame.Length);
            }
            else
            {
                throw new YamuxException("a ping that neither asks nor answers");
            }
        }
    }

    private void HandleGoAway()
    {
        lock (_lock)
            _remoteWentAway = true; // no new streams; those that are open end by themselves, or with the connection
    }
}
