using System.Threading.Channels;

namespace Relay.Circuit;

/// <summary>
/// A subscriber's queue of <see cref="RelayEvent"/>s. What happens to reservations comes in the order in which it happens, so that whoever follows it holds
/// whom the relay holds; of a circuit come its decision, its opening and its end in this order; between the two, events may change places. Bounded, so that a subscriber that is slow, or has stopped reading,
/// slows nobody and holds little. What finds no room is dropped and counted, and a <see cref="RelayEvent.Lost"/> stands in its place. Whoever subscribed
/// reads and disposes it. It ends when it is disposed and when the relay stops. Thread-safe.
/// </summary>
public sealed class RelaySubscription : IAsyncEnumerable<RelayEvent>, IDisposable
{
    private readonly Lock _gate = new();
    private readonly Channel<RelayEvent> _events;
    private readonly TimeProvider _time;
    private readonly Action<RelaySubscription> _end;
    private long _untold; // lost, and not yet told
    private long _lost;

    internal RelaySubscription(int capacity, TimeProvider time, Action<RelaySubscription> end)
    {
        _events = Channel.CreateBounded<RelayEvent>(new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.Wait });
        _time = time;
        _end = end;
    }

    /// <summary>How many events were dropped in all.</summary>
    public long LostEvents
    {
        get
        {
            lock (_gate)
                return _lost;
        }
    }

    /// <summary>Reads the events until the subscription or the relay ends. Several readers share them.</summary>
    public async IAsyncEnumerator<RelayEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await foreach (RelayEvent happened in _events.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return happened;
            if (TakeUntold() is { } lost)
                yield return lost;
        }
    }

    /// <summary>Ends the subscription; what is in the queue can still be read. Disposing twice does nothing.</summary>
    public void Dispose()
    {
        _end(this);
        _events.Writer.TryComplete();
    }

    /// <summary>Queues an event, or counts it as lost. Never waits.</summary>
    internal void Tell(RelayEvent happened)
    {
        lock (_gate)
        {
            if (_untold > 0 && _events.Writer.TryWrite(Lost(happened.At)))
                _untold = 0;
            if (_untold == 0 && _events.Writer.TryWrite(happened))
                return;
            _untold++;
            _lost++;
        }
    }

    internal void Complete() => _events.Writer.TryComplete();

    // What was lost last is told by the next event that finds room, or here, when there is none and the reader has caught up.
    private RelayEvent.Lost? TakeUntold()
    {
        lock (_gate)
        {
            if (_untold == 0 || _events.Reader.Count > 0)
                return null;
            RelayEvent.Lost lost = Lost(_time.GetUtcNow());
            _untold = 0;
            return lost;
        }
    }

    private RelayEvent.Lost Lost(DateTimeOffset at) => new(_untold) { At = at };
}
