using Microsoft.Extensions.Logging;
using Relay.Circuit;
using Relay.Libp2p;
using Relay.Multiformats;

namespace Relay.AutoRelay;

/// <summary>
/// Does what the <see cref="RelayTable"/> says: connects to relays, reserves and renews, asks the candidate source, and tells the node what it is reached at. The
/// node starts, stops and disposes it; thread-safe.
/// </summary>
internal sealed partial class RelaySeeker : IDisposable
{
    /// <summary>How long it rests when something has failed that must not: a logger that throws, say.</summary>
    public static readonly TimeSpan FaultPause = TimeSpan.FromSeconds(1);

    private readonly Libp2pNode _node;
    private readonly RelayClient _client;
    private readonly IRelayCandidateSource? _source;
    private readonly RelayClientInstruments _instruments;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly IDisposable[] _subscriptions;
    private readonly SemaphoreSlim _lifecycle = new(1, 1); // starts and stops come one after the other
    private SeekerRun? _run; // null: stopped

    public RelaySeeker(
        Libp2pNode node, RelayClient client, RelayTable table, IRelayCandidateSource? source, RelayTelemetry telemetry, TimeProvider time, ILoggerFactory loggerFactory)
    {
        _node = node;
        _client = client;
        Table = table;
        _source = source;
        _instruments = new RelayClientInstruments(telemetry, table);
        _time = time;
        _log = loggerFactory.CreateLogger("Relay.Relays");
        _subscriptions = [node.OnClosed(OnClosed), node.OnIdentityPushed(OnIdentityPushed)];
    }

    public RelayTable Table { get; }

    /// <summary>Those who follow what changes.</summary>
    public RelayWatchers Watchers { get; } = new();

    /// <summary>Begins to seek; the node is started. Starting twice does nothing.</summary>
    public async Task StartAsync()
    {
        await _lifecycle.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_run is not null)
                return;
            Table.Begin();
            var run = new SeekerRun(_time);
            _ = run.Track(() => LoopAsync(run));
            Volatile.Write(ref _run, run);
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    /// <summary>
    /// Stops seeking and waits for what is under way; never fails. Does not wait for a source that ignores its cancellation. Stopping twice does nothing.
    /// </summary>
    public async Task StopAsync()
    {
        await _lifecycle.WaitAsync().ConfigureAwait(false);
        try
        {
            if (Interlocked.Exchange(ref _run, null) is not { } run)
                return;
            await run.DisposeAsync().ConfigureAwait(false);
            Table.End();
            ReleaseUnneeded();
            Guard(Publish);
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    public void Dispose()
    {
        foreach (IDisposable subscription in _subscriptions)
            subscription.Dispose();
        _instruments.End();
        Watchers.Dispose();
    }

    private async Task<bool> LoopAsync(SeekerRun run)
    {
        while (!run.Stopping.IsCancellationRequested)
        {
            TimeSpan? wake = null;
            bool isWell = Guard(() => wake = Work(run)) && Guard(Publish);
            await run.WaitAsync(isWell || wake < FaultPause ? wake : FaultPause).ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>Begins what is to be done now.</summary>
    /// <returns>When to look again.</returns>
    private TimeSpan? Work(SeekerRun run)
    {
        RelayWork work = Table.Next();
        foreach ((PeerId relay, IReadOnlyList<Multiaddress> addresses) in work.Ask)
            _ = run.Track(() => AskInBackgroundAsync(run, relay, addresses));
        if (work.Search)
            run.Search(token => SearchAsync(run, token));
        else if (work.HasAll)
            run.EndSearch();
        ReleaseUnneeded();
        return work.Wake;
    }

    private void OnClosed(Connection connection)
    {
        if (connection.IsRelayed)
            return;
        PeerId peer = connection.RemotePeer;
        bool isChanged = _node.IsConnected(peer) && Table.Moved(peer, connection);

        // Asked again: the other one can have ended meanwhile, and been told of before this one.
        if (!_node.IsConnected(peer))
            isChanged |= Table.Disconnected(peer, connection);
        if (isChanged)
            Volatile.Read(ref _run)?.Signal();
    }

    private void OnIdentityPushed(Connection connection)
    {
        if (!connection.IsRelayed
            && connection.RemoteIdentity is { Protocols: { Count: > 0 } protocols }
            && Table.Pushed(connection.RemotePeer, protocols.Contains(CircuitProtocol.Hop)))
        {
            Volatile.Read(ref _run)?.Signal();
        }
    }

    // Called by the loop, and when that has ended, so that changes are told in their order.
    private void Publish()
    {
        _node.AdvertiseAlso(Table.Addresses, beforeOwn: Table.IsPrivate);
        while (Table.TryTakeChange(out (long Number, KnownRelay Relay) change))
        {
            Watchers.Tell(change.Number, change.Relay);
            Log(change.Relay);
        }
    }

    /// <summary>The edge: whatever fails in <paramref name="action"/> ends here.</summary>
    /// <returns>Whether all went well.</returns>
    private bool Guard(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception e)
        {
            try
            {
                LogFault(e);
            }
            catch (Exception) // it is the logger that fails
            {
            }

            return false;
        }
    }
}
