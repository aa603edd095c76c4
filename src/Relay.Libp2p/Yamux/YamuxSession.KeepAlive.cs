namespace Relay.Libp2p.Yamux;

// Keep-alive: a silent connection is asked for a sign of life, since a peer that has vanished without a word would hold its reservation for a whole
// TTL. Any byte received is one. The same tick ends streams that only the remote still holds open.
internal sealed partial class YamuxSession
{
    private ITimer? _keepAlive;
    private bool _pingToSend;
    private uint? _pingOutstanding;
    private uint _pingValue;
    private long _pingSent;
    private TimeSpan? _roundTrip;

    private TimeSpan HalfInterval => _options.KeepAliveInterval / 2;

    /// <summary>The time a ping took, or null when there was none yet; a growing window asks for one.</summary>
    internal TimeSpan? RoundTripNeedsLock()
    {
        if (_roundTrip is null && _pingOutstanding is null)
            _pingToSend = true;
        return _roundTrip;
    }

    private void KeepAlive()
    {
        long now = _time.GetTimestamp();
        TimeSpan silence = _time.GetElapsedTime(Volatile.Read(ref _lastReceived), now);
        long sendStarted = Volatile.Read(ref _sendStarted);
        if (sendStarted != NoSend && _time.GetElapsedTime(sendStarted, now) > _options.KeepAliveTimeout)
        {
            Terminate(new TimeoutException("The remote has stopped reading from the connection."));
            return;
        }

        if (silence > _options.KeepAliveInterval + _options.KeepAliveTimeout)
        {
            Terminate(new TimeoutException($"The remote has been silent for {silence.TotalSeconds:F0} s."));
            return;
        }

        List<YamuxStream>? expired = null;
        lock (_lock)
        {
            if (silence >= HalfInterval && _pingOutstanding is null)
                _pingToSend = true;
            foreach (YamuxStream stream in _streams.Values)
            {
                if (stream.IsAbandonedSince(now, _options.StreamLinger))
                    (expired ??= []).Add(stream);
            }
        }

        foreach (YamuxStream stream in expired ?? [])
            stream.Reset();
        Pump();
    }

    private YamuxHeader TakePingNeedsLock()
    {
        _pingToSend = false;
        _pingOutstanding = ++_pingValue;
        _pingSent = _time.GetTimestamp();
        return new YamuxHeader(YamuxFrameType.Ping, YamuxFlags.Syn, 0, _pingValue);
    }

    private void HandlePongNeedsLock(uint value)
    {
        if (_pingOutstanding != value)
            throw new YamuxException("an answer to a ping that was not sent");
        _pingOutstanding = null;
        _roundTrip = _time.GetElapsedTime(_pingSent);
    }
}
