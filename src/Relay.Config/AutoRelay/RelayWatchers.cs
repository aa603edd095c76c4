using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Relay.AutoRelay;

/// <summary>Those who follow what happens with the relays, each at its own pace: who is slow loses the oldest changes, and holds up nobody. Thread-safe.</summary>
internal sealed class RelayWatchers : IDisposable
{
    /// <summary>How many changes wait for a watcher at most.</summary>
    public const int Backlog = 256;

    private ImmutableList<Channel<KnownRelay>> _watchers = [];
    private volatile bool _isOver;

    public void Tell(KnownRelay change)
    {
        foreach (Channel<KnownRelay> watcher in Volatile.Read(ref _watchers))
            watcher.Writer.TryWrite(change);
    }

    /// <summary>What <paramref name="now"/> gives, and then every change, until the token fires or the node is disposed.</summary>
    public async IAsyncEnumerable<KnownRelay> WatchAsync(Func<IReadOnlyList<KnownRelay>> now, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var watcher = Channel.CreateBounded<KnownRelay>(
            new BoundedChannelOptions(Backlog) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        ImmutableInterlocked.Update(ref _watchers, static (list, added) => list.Add(added), watcher);
        if (_isOver)
            watcher.Writer.TryComplete();
        try
        {
            foreach (KnownRelay known in now())
                yield return known;
            await foreach (KnownRelay change in watcher.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return change;
        }
        finally
        {
            ImmutableInterlocked.Update(ref _watchers, static (list, removed) => list.Remove(removed), watcher);
        }
    }

    public void Dispose()
    {
        _isOver = true;
        foreach (Channel<KnownRelay> watcher in Volatile.Read(ref _watchers))
            watcher.Writer.TryComplete();
    }
}
