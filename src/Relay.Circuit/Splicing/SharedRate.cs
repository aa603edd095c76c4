namespace Relay.Circuit.Splicing;

/// <summary>
/// The rate that all circuits share. While it is enough for all, whoever comes takes; when it is not, circuits stand in line and each gets the same share,
/// whether one of its directions is busy or both, and however big its pieces are (start-time fair queueing: a circuit's place is what it has had so far).
/// Pieces shrink as the line grows, so that a round through it takes about as long as one burst. Thread-safe.
/// </summary>
internal sealed class SharedRate(TimeProvider time) : IDisposable
{
    /// <summary>Pieces get no smaller than this, or the relay would spend itself on them.</summary>
    private const long MinPiece = 1024;

    private readonly Lock _gate = new();
    private readonly PriorityQueue<Pace, (long Start, long Serial)> _line = new(); // at most one place for each direction that waits, or has ended since
    private RateBucket? _bucket;  // null: no limit
    private long? _bytesPerSecond;
    private ITimer? _timer;
    private long _progress;       // the start of the piece that was given last, in bytes of a circuit's share
    private long _lastSerial;
    private bool _isDisposed;

    /// <summary>Whether there is a limit.</summary>
    public bool IsLimited => Volatile.Read(ref _bucket) is not null;

    /// <summary>The limit; null for none.</summary>
    public long? BytesPerSecond
    {
        get
        {
            lock (_gate)
                return _bytesPerSecond;
        }
    }

    /// <summary>Sets the rate, or lifts it with null; whoever stands in line is served at the new one. The one it is already goes on.</summary>
    public void Change(long? bytesPerSecond)
    {
        lock (_gate)
        {
            if (bytesPerSecond == _bytesPerSecond)
                return;
            _bytesPerSecond = bytesPerSecond;
            Volatile.Write(ref _bucket, bytesPerSecond is { } rate ? new RateBucket(rate, time) : null);
            ServeNeedsLock();
        }
    }

    /// <summary>Takes a piece of at most <paramref name="wanted"/> bytes when it is there, or stands in line for it: then <see cref="Pace.Grant"/> is called.</summary>
    /// <returns>The size of the piece; 0 when it has to wait.</returns>
    public int Take(Pace pace, int wanted)
    {
        lock (_gate)
        {
            // Ahead of the others by what its two directions can have in line, and no more: a burst it had while nobody else was there is no debt.
            int piece = PieceNeedsLock(wanted);
            long start = Math.Clamp(pace.Share.Taken, _progress, _progress + 2 * piece);
            if (_line.Count == 0 && IsThereNeedsLock(piece))
            {
                TakeNeedsLock(piece);
                pace.Share.Taken = start + piece;
                _progress = start;
                return piece;
            }

            pace.Wanted = wanted;
            pace.Share.Taken = start + wanted;
            _line.Enqueue(pace, (start, ++_lastSerial));
            ServeNeedsLock();
            return 0;
        }
    }

    /// <summary>Gives back what of a piece was not used.</summary>
    public void GiveBack(Pace pace, int unused)
    {
        lock (_gate)
        {
            pace.Share.Taken -= unused;
            _bucket?.GiveBack(unused);
            ServeNeedsLock();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _timer?.Dispose();
        }
    }

    private void Serve()
    {
        lock (_gate)
            ServeNeedsLock();
    }

    private void ServeNeedsLock()
    {
        while (_line.TryPeek(out Pace? pace, out (long Start, long Serial) place))
        {
            if (!pace.IsWaiting)
            {
                _line.Dequeue(); // its circuit has ended
                continue;
            }

            int piece = PieceNeedsLock(pace.Wanted);
            if (!IsThereNeedsLock(piece))
            {
                WaitNeedsLock(piece);
                return;
            }

            _line.Dequeue();
            if (pace.Grant(piece))
                TakeNeedsLock(piece);
            pace.Share.Taken -= pace.Wanted - piece;
            _progress = Math.Max(_progress, place.Start);
        }
    }

    private int PieceNeedsLock(int wanted)
        => _bucket is { } bucket ? (int)Math.Min(wanted, Math.Min(bucket.Burst, Math.Max(MinPiece, bucket.Burst / (_line.Count + 1)))) : wanted;

    /// <summary>Whether the whole piece may pass now: the few bytes that come while somebody looks are not worth a turn.</summary>
    private bool IsThereNeedsLock(int piece) => _bucket is not { } bucket || bucket.Available(time.GetTimestamp()) >= piece;

    private void TakeNeedsLock(int piece) => _bucket?.Take(piece, time.GetTimestamp());

    private void WaitNeedsLock(int piece)
    {
        if (_isDisposed)
            return;
        _timer ??= time.CreateTimer(static s => ((SharedRate)s!).Serve(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(Stretch.Of(_bucket!.Wait(piece, time.GetTimestamp())), Timeout.InfiniteTimeSpan);
    }
}
