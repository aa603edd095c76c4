using Microsoft.Extensions.Logging;
using Relay.Circuit;
using Relay.Libp2p;
using Relay.Multiformats;

namespace Relay.AutoRelay;

/// <summary>
/// Does what the <see cref="RelayTable"/> says: connects to relays, reserves and renews, asks the candidate source, and tells the node what it is reached at. The
/// node starts and stops it; thread-safe.
/// </summary>
internal sealed partial class RelaySeeker : IDisposable
{
    /// <summary>How long a relay may take from dialing to its answer.</summary>
    public static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(30);

    private readonly Libp2pNode _node;
    private readonly RelayClient _client;
    private readonly IRelayCandidateSource? _source;
    private readonly RelayClientInstruments _instruments;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly IDisposable _disconnections;
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
        _disconnections = node.OnDisconnected(OnDisconnected);
    }

    public RelayTable Table { get; }

    /// <summary>Those who follow what changes.</summary>
    public RelayWatchers Watchers { get; } = new();

    /// <summary>Begins to seek; the node is started.</summary>
    public void Start()
    {
        Table.Begin();
        var run = new SeekerRun(_time);
        _run = run;
        run.Loop = Task.Run(() => LoopAsync(run), CancellationToken.None);
    }

    /// <summary>Stops seeking and waits for what is under way. Does not wait for a source that ignores its cancellation. Stopping twice does nothing.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _run, null) is not { } run)
            return;
        await run.DisposeAsync().ConfigureAwait(false);
        Table.End();
        Publish();
    }

    public void Dispose()
    {
        _disconnections.Dispose();
        Watchers.Dispose();
    }

    /// <summary>Reserves on a relay for the application.</summary>
    public async Task<Reservation> ReserveAsync(PeerId relay, Multiaddress address, CancellationToken cancellationToken)
    {
        Table.Asking(relay);
        try
        {
            return await AskAsync(relay, [address], cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            if (cancellationToken.IsCancellationRequested)
                Table.Withdrawn(relay);
            else
                Fail(relay, e);
            throw;
        }
        finally
        {
            _run?.Signal();
        }
    }

    private async Task LoopAsync(SeekerRun run)
    {
        while (!run.Stopping.IsCancellationRequested)
        {
            RelayWork work = Table.Next();
            foreach ((PeerId relay, IReadOnlyList<Multiaddress> addresses) in work.Ask)
                run.Track(AskInBackgroundAsync(run, relay, addresses));
            if (work.Search)
                run.Search(token => SearchAsync(run, token));
            else if (!work.IsShort)
                run.EndSearch();
            Publish();
            await run.WaitAsync(work.Wake).ConfigureAwait(false);
        }
    }

    private async Task AskInBackgroundAsync(SeekerRun run, PeerId relay, IReadOnlyList<Multiaddress> addresses)
    {
        using var deadline = new CancellationTokenSource(AskTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, run.Stopping);
        try
        {
            await AskAsync(relay, addresses, either.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            if (run.Stopping.IsCancellationRequested)
                Table.Withdrawn(relay);
            else
                Fail(relay, e is OperationCanceledException ? new TimeoutException($"It took longer than {AskTimeout.TotalSeconds:0} s.", e) : e);
        }

        run.Signal();
    }

    private async Task<Reservation> AskAsync(PeerId relay, IReadOnlyList<Multiaddress> addresses, CancellationToken cancellationToken)
    {
        Multiaddress dialedAt = await ConnectAsync(relay, addresses, cancellationToken).ConfigureAwait(false);
        Reservation reservation = await _client.ReserveAsync(relay, cancellationToken).ConfigureAwait(false);
        bool isRenewal = Table.Granted(reservation, dialedAt);
        _instruments.CountRequest(isRenewal);

        // A connection that ended before the table knew of the reservation took it along, and its end has been told already.
        if (!_node.IsConnected(relay))
            OnDisconnected(relay);
        return reservation;
    }

    private async Task<Multiaddress> ConnectAsync(PeerId relay, IReadOnlyList<Multiaddress> addresses, CancellationToken cancellationToken)
    {
        bool isConnected = _node.IsConnected(relay);
        DialException? failure = null;
        foreach (Multiaddress address in addresses)
        {
            try
            {
                Connection connection = await _node.DialAsync(address, cancellationToken).ConfigureAwait(false);

                // Of a connection that somebody else had opened, its own address is the one that works.
                return isConnected && addresses.Count > 1 && connection.IsOutbound && !addresses.Contains(connection.RemoteAddress.WithPeerId(relay))
                    ? connection.RemoteAddress.WithPeerId(relay)
                    : address;
            }
            catch (DialException e)
            {
                failure = e;
            }
        }

        throw failure ?? new DialException(DialError.UnsupportedAddress, $"No address of {relay} is known.");
    }

    private void Fail(PeerId relay, Exception e)
    {
        var failure = RelayFailure.From(e);
        Table.Failed(relay, failure);
        _instruments.CountRequest(failure.Reason);
    }

    private void OnDisconnected(PeerId peer)
    {
        if (Table.Disconnected(peer))
            _run?.Signal();
    }

    // Called by the loop, and when that has ended, so that changes are told in their order.
    private void Publish()
    {
        _node.AdvertiseAlso(Table.Addresses);
        while (Table.TryTakeChange(out KnownRelay? change))
        {
            Log(change);
            if (change is { Reason: RelayReason.ConnectionLost or RelayReason.Expired, State: not (RelayState.Reserved or RelayState.Reserving) })
                _instruments.CountLoss(change.Reason);
            Watchers.Tell(change);
        }
    }
}
