using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Relay.AutoRelay;

/// <summary>Those who follow what happens with the relays, each at its own pace: who is slow loses the oldest changes, and holds up nobody. Thread-safe.</summary>
internal sealed class RelayWatchers : IDisposable
{
    /// <summary>How many changes wait for a watcher at most.</summary>
    public const int Backlog = 256;

    private ImmutableList<Channel<(long Number, KnownRelay Change)>> _watchers = [];
    private volatile bool _isOver;

    /// <summary>Tells a change, which has a higher number than all before it.</summary>
    public void Tell(long number, KnownRelay change)
    {
        foreach (Channel<(long, KnownRelay)> watcher in Volatile.Read(ref _watchers))
            watcher.Writer.TryWrite((number, change));
    }

    /// <summary>What <paramref name="now"/> gives, and then every change since, until the token fires or the node is disposed.</summary>
    public async IAsyncEnumerable<KnownRelay> WatchAsync(
        Func<(IReadOnlyList<KnownRelay> Known, long LastChange)> now, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var watcher = Channel.CreateBounded<(long Number, KnownRelay Change)>(
            new BoundedChannelOptions(Backlog) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        ImmutableInterlocked.Update(ref _watchers, static (list, added) => list.Add(added), watcher);
        if (_isOver)
            watcher.Writer.TryComplete();
        try
        {
            (IReadOnlyList<KnownRelay> known, long lastChange) = now();
            foreach (KnownRelay relay in known)
                yield return relay;
            await foreach ((long number, KnownRelay change) in watcher.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                if (number > lastChange) // others had happened and were not told yet when reading began
                    yield return change;
            }
        }
        finally
        {
            ImmutableInterlocked.Update(ref _watchers, static (list, removed) => list.Remove(removed), watcher);
        }
    }

    public void Dispose()
    {
        _isOver = true;
        foreach (Channel<(long, KnownRelay)> watcher in Volatile.Read(ref _watchers))
            watcher.Writer.TryComplete();
    }
}
