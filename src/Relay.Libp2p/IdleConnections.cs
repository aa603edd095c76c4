using System.Collections.Concurrent;
using System.Collections.Immutable;
using Relay.Multiformats;

namespace Relay.Libp2p;

/// <summary>
/// Which connection gives way when there are as many as there may be and one more wants in: of those that remotes opened, that nobody uses and whose peers nobody
/// protects, the one that has been idle for longest, and for <paramref name="grace"/> at least. So strangers who come and do nothing keep nobody out.
/// Looking takes work in proportion to the connections; when it was in vain, it is not done again before it can have another outcome, or for a second where
/// that cannot be known. Thread-safe.
/// </summary>
internal sealed class IdleConnections(ConnectionTable table, TimeSpan grace, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1); // a protection can end at any time

    private readonly ConcurrentDictionary<PeerId, int> _protected = new();
    private readonly Lock _lock = new();
    private ImmutableArray<Func<PeerId, bool>> _conditions = [];
    private (long Since, TimeSpan Until)? _pause;

    /// <summary>Takes the place of a connection away; it is free for another one, and the connection is to be closed.</summary>
    /// <returns>The connection, or null when none has to give way.</returns>
    public Connection? TakePlace()
    {
        long now = time.GetTimestamp();
        lock (_lock)
        {
            if (_pause is { } pause && time.GetElapsedTime(pause.Since, now) < pause.Until)
                return null;
        }

        Connection? longest = null;
        TimeSpan idle = TimeSpan.Zero;
        TimeSpan soonest = Pause;
        foreach (Connection connection in table.Snapshot())
        {
            if (connection.IsOutbound || connection.Loans > 0 || connection.Slot is null or { IsReleased: true } || connection.IdleSince is not { } since)
                continue;
            TimeSpan elapsed = time.GetElapsedTime(since, now);
            if (elapsed < grace)
                soonest = TimeSpan.FromTicks(Math.Min(soonest.Ticks, (grace - elapsed).Ticks));
            else if ((longest is null || elapsed > idle) && !IsProtected(connection.RemotePeer))
                (longest, idle) = (connection, elapsed);
        }

        lock (_lock)
            _pause = longest is null ? (now, soonest) : null;
        return longest is { Slot: { } slot } && table.Release(slot) ? longest : null;
    }

    public IDisposable Protect(PeerId peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        _protected.AddOrUpdate(peer, 1, static (_, count) => count + 1);
        return new Registration(() =>
        {
            if (_protected.AddOrUpdate(peer, 0, static (_, count) => count - 1) == 0)
                _protected.TryRemove(new KeyValuePair<PeerId, int>(peer, 0)); // unless it has been protected again meanwhile
        });
    }

    public IDisposable ProtectWhere(Func<PeerId, bool> isProtected)
    {
        ArgumentNullException.ThrowIfNull(isProtected);
        ImmutableInterlocked.Update(ref _conditions, static (list, added) => list.Add(added), isProtected);
        return new Registration(() => ImmutableInterlocked.Update(ref _conditions, static (list, removed) => list.Remove(removed), isProtected));
    }

    private bool IsProtected(PeerId peer)
    {
        if (_protected.GetValueOrDefault(peer) > 0)
            return true;
        foreach (Func<PeerId, bool> condition in _conditions)
        {
            if (condition(peer))
                return true;
        }

        return false;
    }
}
