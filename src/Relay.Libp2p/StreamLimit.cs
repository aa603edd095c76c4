using System.Collections.Concurrent;

namespace Relay.Libp2p;

/// <summary>Serves at most <paramref name="max"/> streams of one connection at a time; one more is reset. Thread-safe.</summary>
internal sealed class StreamLimit(int max, Func<MuxedStream, Task> handler)
{
    private readonly ConcurrentDictionary<Connection, int> _served = new();

    public async Task ServeAsync(MuxedStream stream)
    {
        try
        {
            if (_served.AddOrUpdate(stream.Connection, 1, static (_, count) => count + 1) > max)
                throw new StreamException(StreamError.TooManyStreams, $"{max} streams of the connection are served for the protocol already.");
            await handler(stream).ConfigureAwait(false);
        }
        finally
        {
            // The last one out takes the entry along; one that came in meanwhile makes the removal fail.
            int left = _served.AddOrUpdate(stream.Connection, 0, static (_, count) => count - 1);
            if (left == 0)
                _served.TryRemove(new KeyValuePair<Connection, int>(stream.Connection, 0));
        }
    }
}
