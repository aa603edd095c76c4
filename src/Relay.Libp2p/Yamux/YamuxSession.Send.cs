using Relay.Libp2p.Noise;

namespace Relay.Libp2p.Yamux;

// Sending: streams with something to send stand in a queue, each at most once. Whoever puts one there while nobody sends becomes the sender: it
// fills a batch with frames, round robin, seals it and writes it in one go. The bytes of a write are copied once, into the batch, when the
// stream's turn comes; until then its writer waits. So memory for sending is one batch per connection that is sending, and none otherwise.
internal sealed partial class YamuxSession
{
    private const int MaxFrame = 64 * 1024;
    private const int SharedFrame = 16 * 1024; // the most a stream sends per turn while others wait
    private const long NoSend = -1;
    private const int ControlRoom = 4 * YamuxProtocol.HeaderLength;

    private static readonly TimeSpan GoAwayPatience = TimeSpan.FromSeconds(1);

    private readonly Queue<YamuxStream> _ready = new();
    private readonly Queue<uint> _pongs = new();
    private readonly Queue<uint> _refusals = new();
    private readonly NoiseBatch _batch;
    private readonly TaskCompletionSource _farewell = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _sendingEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _sending;              // somebody is sending
    private long _sendStarted = NoSend; // when the write that is under way began
    private uint? _goAwayCode;          // to be sent
    private bool _goAwaySent;

    /// <summary>Puts a stream in line unless it is there; under the lock. <see cref="Pump"/> must follow, outside of it.</summary>
    internal void EnqueueNeedsLock(YamuxStream stream)
    {
        if (stream.IsQueued || _closed is not null)
            return;
        stream.IsQueued = true;
        _ready.Enqueue(stream);
    }

    /// <summary>Sends what stands in line, unless somebody does that already. Returns when the socket makes it wait.</summary>
    internal void Pump()
    {
        lock (_lock)
        {
            if (_sending || _closed is not null || !HasWorkNeedsLock())
                return;
            _sending = true;
        }

        _ = SendAsync();
    }

    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                FillBatch();
                bool hasFarewell = _goAwaySent;
                Volatile.Write(ref _sendStarted, _time.GetTimestamp());
                await _channel.SendAsync(_batch, CancellationToken.None).ConfigureAwait(false);
                Volatile.Write(ref _sendStarted, NoSend);
                if (hasFarewell)
                    _farewell.TrySetResult();

                lock (_lock)
                {
                    if (!HasWorkNeedsLock() || _closed is not null)
                    {
                        StopSendingNeedsLock();
                        return;
                    }
                }

                // Whoever started this has work of its own to go on with, and perhaps a thread that is not to be waited for.
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            }
        }
        catch (Exception e)
        {
            lock (_lock)
                StopSendingNeedsLock();
            Terminate(e);
        }
    }

    private bool HasWorkNeedsLock() =>
        _ready.Count > 0 || _pongs.Count > 0 || _refusals.Count > 0 || _pingToSend || (_goAwayCode is not null && !_goAwaySent);

    private void StopSendingNeedsLock()
    {
        _batch.Dispose();
        _sending = false;
        Volatile.Write(ref _sendStarted, NoSend);
        if (_closed is not null)
            _sendingEnded.TrySetResult();
    }

    private Task WhenNotSending()
    {
        lock (_lock)
            return _sending ? _sendingEnded.Task : Task.CompletedTask;
    }

    private void FillBatch()
    {
        Span<byte> headers = stackalloc byte[ControlRoom + YamuxProtocol.HeaderLength];
        while (true)
        {
            int room = _batch.Room - headers.Length;
            if (room <= 0)
                return;

            int length;
            YamuxStream? stream = null;
            ReadOnlyMemory<byte> data = default;
            lock (_lock)
            {
                length = WriteControlNeedsLock(headers);
                if (length == 0)
                {
                    if (!_ready.TryDequeue(out stream))
                        return;
                    stream.IsQueued = false;
                    int share = _ready.Count == 0 ? MaxFrame : SharedFrame;
                    length = stream.TakeFramesNeedsLock(headers, Math.Min(room, share), out data);
                }
            }

            _batch.Write(headers[..length]);
            if (data.IsEmpty)
                continue;
            _batch.Write(data.Span);
            lock (_lock)
                stream!.DataTakenNeedsLock(data.Length);
        }
    }

    // One frame of the session itself, if there is one to send.
    private int WriteControlNeedsLock(Span<byte> destination)
    {
        YamuxHeader frame;
        if (_pongs.TryDequeue(out uint value))
            frame = new YamuxHeader(YamuxFrameType.Ping, YamuxFlags.Ack, 0, value);
        else if (_pingToSend)
            frame = TakePingNeedsLock();
        else if (_refusals.TryDequeue(out uint id))
            frame = new YamuxHeader(YamuxFrameType.WindowUpdate, YamuxFlags.Rst, id, 0);
        else if (_goAwayCode is { } code && !_goAwaySent && _ready.Count == 0)
            (frame, _goAwaySent) = (new YamuxHeader(YamuxFrameType.GoAway, YamuxFlags.None, 0, code), true);
        else
            return 0;
        frame.Write(destination);
        return YamuxProtocol.HeaderLength;
    }

    private Task SendGoAway(uint code)
    {
        lock (_lock)
            _goAwayCode ??= code;
        Pump();
        return _farewell.Task;
    }
}
