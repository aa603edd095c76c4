using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Relay.AutoRelay;
using Relay.Circuit;
using Relay.Embedded;
using Relay.Libp2p;
using Relay.Members;
using Relay.Multiformats;

namespace Relay;

/// <summary>
/// A libp2p node that serves as a circuit relay v2, unless that is disabled, and uses other peers' relays. Built by a <see cref="NodeBuilder"/>; the application
/// starts, stops and disposes it, and can start it again after a stop. Thread-safe.
/// </summary>
public sealed partial class RelayNode : IAsyncDisposable
{
    private readonly Libp2pNode _node;
    private readonly EmbeddedHost _host;
    private readonly CircuitTransport _circuits;
    private readonly RelaySeeker _seeker;
    private readonly IRelayAclFilter _acl;
    private readonly ImmutableArray<NetworkOnlyAcl> _members; // those that the options are about
    private readonly ImmutableArray<NetworkOnlyAcl> _memberships; // whose changes the relay is told of
    private readonly IMembershipService? _network;
    private readonly TimeProvider _timeProvider;
    private readonly ILoggerFactory _loggerFactory;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _lifecycle = new(1, 1); // starts and stops come one after the other
    private IReadOnlyList<NodeOption> _options; // in force
    private CircuitRelay? _relay;     // null when the service is disabled; a new one for each start, kept after the stop for its counts
    private StopService? _stop;       // not null: started, see IsRunning
    private bool _hasStopped;
    private bool _isDisposed;

    internal RelayNode(
        IReadOnlyList<NodeOption> options,
        Libp2pOptions libp2p,
        IdentityKey identity,
        IRelayAclFilter acl,
        ImmutableArray<NetworkOnlyAcl> members,
        IMembershipService? network,
        IRelayCandidateSource? candidates,
        RelayTelemetry telemetry,
        TimeProvider timeProvider,
        ILoggerFactory loggerFactory)
    {
        _options = options;
        _acl = acl;
        _members = members;
        _memberships = [.. MembershipsOf(acl)];
        _network = network;
        Telemetry = telemetry;
        _timeProvider = timeProvider;
        _loggerFactory = loggerFactory;
        _log = loggerFactory.CreateLogger("Relay.Node");
        _node = new Libp2pNode(libp2p, identity, timeProvider, loggerFactory);
        _host = new EmbeddedHost(_node, identity);
        var client = new RelayClient(_host, timeProvider, loggerFactory);
        AutoRelayOption? autoRelay = options.OfType<AutoRelayOption>().SingleOrDefault();
        var relays = new RelayTable(PeerId, autoRelay, candidates is not null, timeProvider, Random.Shared, _node.CanDial);
        if (autoRelay is { Reachability: Reachability.Private } && !relays.SeeksAny)
            LogUnreachable(_log, PeerId);
        _circuits = new CircuitTransport(_node, client, relays.Expects, timeProvider);
        _node.AddTransport(_circuits);
        _node.ProtectWhere(peer => Relay?.HasReservation(peer) == true || relays.Expects(peer));
        _seeker = new RelaySeeker(_node, client, relays, candidates, telemetry, timeProvider, loggerFactory);
        Relays = new Relays(_seeker, PeerId);
        _relay = CreateRelay();
        if (_network is not null)
            MembershipMetrics.Add(telemetry.Meter, _network);
        foreach (NetworkOnlyAcl membership in _memberships)
            membership.Changed += OnMembersChanged;
    }

    /// <summary>What is in force: what the node was built from, and what <see cref="ApplyAsync"/> has changed in it.</summary>
    public IReadOnlyList<NodeOption> Options => Volatile.Read(ref _options);

    /// <summary>The node's peer id.</summary>
    public PeerId PeerId => _node.PeerId;

    /// <summary>The addresses it listens on, with real ports, wildcards resolved, each ending in <c>/p2p/ID</c>; empty until it is started.</summary>
    public IReadOnlyList<Multiaddress> ListenAddresses => _node.ListenAddresses;

    /// <summary>
    /// What others are told to dial now, each ending in <c>/p2p/ID</c>: the announce addresses, or the widest of the listen addresses, and then those behind relays
    /// (<see cref="Relays.Addresses"/>).
    /// </summary>
    public IReadOnlyList<Multiaddress> AdvertisedAddresses =>
        [.. _node.AdvertisedAddresses.Select(address => address.WithPeerId(PeerId)), .. Relays.Addresses];

    /// <summary>
    /// The relay service; null when it is disabled. The node starts, stops and disposes it; a node that is started again has a new one.
    /// For what it does and holds, and to evict; its limits are changed by <see cref="ApplyAsync"/>, which changes with them what streams may receive and checks
    /// the memory budget, and not by <see cref="CircuitRelay.Apply"/>, which does neither and is forgotten at the next start.
    /// </summary>
    public CircuitRelay? Relay => Volatile.Read(ref _relay);

    /// <summary>The client side: reserving on other peers' relays. There whether or not this node serves as one.</summary>
    public Relays Relays { get; }

    /// <summary>
    /// How the node stands with the members of its network; null when neither a membership source nor a <see cref="NetworkOnlyAcl"/> of the application's
    /// says who may reserve on a relay for members only. Without a source there are the window and the count, and nothing else.
    /// </summary>
    public MembershipStatus? Membership => _network?.StatusNow;

    /// <summary>Whether it was started and not stopped since.</summary>
    internal bool IsRunning => Volatile.Read(ref _stop) is not null;

    /// <summary>How many unread bytes it allows now.</summary>
    internal long MaxUnreadBytes => _node.MaxUnreadBytes;

    /// <summary>Whether it is told to listen nowhere.</summary>
    internal bool DialsOnly => Options.OfType<ListenAddressesOption>().SingleOrDefault() is not { Addresses.IsEmpty: false };

    /// <summary>Where the parts of the node publish their measurements.</summary>
    internal RelayTelemetry Telemetry { get; }

    /// <summary>The established connections, now.</summary>
    public IReadOnlyList<Connection> Connections => _node.Connections;

    /// <summary>What the node holds now; all zero when nobody is connected.</summary>
    public RelayNodeCounts Counts
    {
        get
        {
            NodeCounts node = _node.Counts;
            CircuitRelayCounts relay = Relay?.Counts ?? default;
            return new RelayNodeCounts(
                node.Connections,
                node.PendingHandshakes,
                node.Streams,
                relay.Reservations,
                relay.Circuits,
                node.RentedBuffers + relay.RentedBuffers);
        }
    }

    /// <summary>
    /// Starts the node: reads the members once, begins to serve, then listens. When something fails, everything that was started is stopped again. Starting twice
    /// does nothing more.
    /// </summary>
    /// <exception cref="MembershipException">The membership source is authoritative and cannot be read.</exception>
    /// <exception cref="ListenException">An address cannot be listened on.</exception>
    /// <exception cref="ObjectDisposedException">The node was disposed.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await _lifecycle.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_stop is not null)
                return;
            try
            {
                if (_network is not null)
                    await _network.StartAsync(cancellationToken).ConfigureAwait(false);
                _stop = new StopService(_host, _circuits.AcceptAsync, _timeProvider, _loggerFactory);
                if (_hasStopped)
                    Volatile.Write(ref _relay, CreateRelay());
                _node.MaxUnreadBytes = RelayBudget.WorstCase(Options).Unread;
                Relay?.Start();
                await _node.StartAsync(cancellationToken).ConfigureAwait(false);
                await _seeker.StartAsync().ConfigureAwait(false);
            }
            catch
            {
                await StopNeedsLifecycleAsync().ConfigureAwait(false);
                throw;
            }

            LogBudget(_log, RelayBudget.WorstCase(Options));
            if (ListenAddresses.Count > 0)
                LogStarted(_log, PeerId, string.Join(", ", ListenAddresses));
            else
                LogDialsOnly(_log, PeerId);
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    /// <summary>
    /// Stops the node: ends reservations and circuits, closes all connections, and waits for what still runs. Stopping twice does nothing more. When
    /// <paramref name="cancellationToken"/> is cancelled the waiting ends, the stopping does not.
    /// </summary>
    /// <remarks>
    /// A protocol handler learns of it by <see cref="Connection.Ended"/>, and by its stream, which fails. One that goes on nevertheless is waited for for 10 s; then
    /// the node has stopped without it, and the log says which protocol it serves. A handler can stop, drain or dispose the node itself: it is not waited for.
    /// </remarks>
    public Task StopAsync(CancellationToken cancellationToken = default) => StopCoreAsync(isFinal: false).WaitAsync(cancellationToken);

    /// <summary>Stops the node for good, as <see cref="StopAsync"/> does. Disposing twice does nothing more.</summary>
    public async ValueTask DisposeAsync() => await StopCoreAsync(isFinal: true).ConfigureAwait(false);

    /// <summary>
    /// Stops the node without cutting circuits off, as far as <paramref name="timeout"/> allows: the relay takes nothing new, lets the circuits that are open
    /// finish, and what has not is reset; then the node stops as <see cref="StopAsync"/> does. A node that serves nobody stops at once.
    /// </summary>
    /// <param name="timeout">How long circuits may go on: from zero to 1 day.</param>
    /// <param name="cancellationToken">Resets what has not finished, and stops, now.</param>
    /// <returns>Whether every circuit finished by itself.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is outside its range.</exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> fired before the node had begun to drain, while it was still starting; it stops as soon as it can.
    /// </exception>
    public async Task<bool> DrainAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(timeout, TimeSpan.FromDays(1));
        _node.DetachHandler(); // as for a stop
        CircuitRelay? relay;
        try
        {
            relay = await RunningRelayAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await StopAsync(cancellationToken).ConfigureAwait(false); // goes on, and is not waited for
            return false;
        }

        bool hasFinished = relay is null || await relay.DrainAsync(timeout, cancellationToken).ConfigureAwait(false);
        await StopCoreAsync(isFinal: false).ConfigureAwait(false);
        return hasFinished;
    }

    // One that was never started has nothing to drain, and is still to be.
    private async Task<CircuitRelay?> RunningRelayAsync(CancellationToken cancellationToken)
    {
        await _lifecycle.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return IsRunning ? Relay : null;
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    private async Task StopCoreAsync(bool isFinal)
    {
        _node.DetachHandler(); // whoever has the lock waits for all handlers but those that wait for the lock
        await _lifecycle.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_stop is not null)
            {
                await StopNeedsLifecycleAsync().ConfigureAwait(false);
                LogStopped(_log, PeerId);
            }
        }
        finally
        {
            try
            {
                if (isFinal && !_isDisposed)
                    await DisposeNeedsLifecycleAsync().ConfigureAwait(false);
            }
            finally
            {
                _lifecycle.Release();
            }
        }
    }

    // The membership service throws what somebody's source throws when it is unsubscribed from; the node is gone all the same.
    private async Task DisposeNeedsLifecycleAsync()
    {
        _isDisposed = true;
        try
        {
            if (_network is not null)
                await _network.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            foreach (NetworkOnlyAcl membership in _memberships)
                membership.Changed -= OnMembersChanged;
            await _node.DisposeAsync().ConfigureAwait(false);
            _seeker.Dispose();
            Telemetry.Dispose();
        }
    }

    private async Task StopNeedsLifecycleAsync()
    {
        _hasStopped = true;
        await _seeker.StopAsync().ConfigureAwait(false);
        if (Relay is { } relay)
            await relay.StopAsync().ConfigureAwait(false);

        // The circuits that end here are connections of the node: closing those first lets the peers hear a goodbye.
        await _node.StopAsync().ConfigureAwait(false);
        if (_stop is not null)
            await _stop.DisposeAsync().ConfigureAwait(false);
        _stop = null;
        if (_network is not null)
            await _network.StopAsync().ConfigureAwait(false);
    }

    private static IEnumerable<NetworkOnlyAcl> MembershipsOf(IRelayAclFilter acl) => acl switch
    {
        NetworkOnlyAcl members => [members],
        AclRules rules => rules.Memberships,
        BothAcl both => MembershipsOf(both.First).Concat(MembershipsOf(both.Second)),
        _ => [],
    };

    private void OnMembersChanged() => Relay?.PolicyChanged();

    private CircuitRelay? CreateRelay() =>
        Options.OfType<RelayServiceOption>().SingleOrDefault() is not { } service
            ? null
            : new CircuitRelay(_host, service.ToCircuitOptions(), _acl, _timeProvider, _loggerFactory, Telemetry);
}
