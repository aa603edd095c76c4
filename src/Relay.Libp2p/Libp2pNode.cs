using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Relay.Libp2p.Identify;
using Relay.Libp2p.Noise;
using Relay.Libp2p.Ping;
using Relay.Libp2p.Transports;
using Relay.Libp2p.Yamux;
using Relay.Multiformats;
using Relay.Multiformats.Crypto;

namespace Relay.Libp2p;

/// <summary>
/// An embedded libp2p node: listens and dials over TCP (and over what <see cref="AddTransport"/> brings), secures with Noise, multiplexes with Yamux, and
/// speaks identify, identify push and ping. Created by the application, which disposes it; can be started again after it was stopped.
/// Thread-safe. It knows nothing of relays.
/// </summary>
public sealed partial class Libp2pNode : IAsyncDisposable
{
    /// <summary>How long a stop waits for handlers and dials that go on although they were told to end.</summary>
    internal static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);

    private readonly Libp2pOptions _options;
    private readonly IdentityKey _identity;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly BufferPool _pool = new();
    private readonly MemoryBudget _windows;
    private readonly ConnectionTable _connections;
    private readonly IdleConnections _idle;
    private readonly Upgrader _upgrader;
    private readonly TaskGroup _tasks;
    private readonly SharedDials _dials;
    private readonly SemaphoreSlim _lifecycle = new(1, 1);
    private ImmutableArray<ITransport> _transports;
    private ImmutableArray<ITransportListener> _listeners = [];
    private CancellationTokenSource? _stopping;   // not null: started
    private bool _isDisposed;

    /// <summary>Creates a node that is not started: it opens nothing yet.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    /// <exception cref="PlatformNotSupportedException">The platform has no ChaCha20-Poly1305.</exception>
    public Libp2pNode(Libp2pOptions options, IdentityKey identity, TimeProvider? timeProvider = null, ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(identity);
        options.ThrowIfInvalid();
        if (!ChaCha20Poly1305.IsSupported)
            throw new PlatformNotSupportedException("This platform has no ChaCha20-Poly1305, without which there is no Noise.");
        _options = options;
        _identity = identity;
        _time = timeProvider ?? TimeProvider.System;
        _log = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger("Relay.Libp2p");
        _record = new PeerRecordSigner(identity, _time);
        _windows = new MemoryBudget(options.WindowBudget);
        _connections = new ConnectionTable(options);
        _idle = new IdleConnections(_connections, options.IdleGrace, _time);
        _upgrader = new Upgrader(new NoiseIdentity(identity, [YamuxProtocol.Id]), options, _pool, _windows, _time);
        _tasks = new TaskGroup(e => LogUnexpected(_log, e));
        _dials = new SharedDials(_tasks, DialKnownAsync, TakeBackAsync);
        LogCurves(_log, Libcrypto.Description);
        _transports = [new TcpTransport(options.ConnectTimeout, _time)];
        Handle(IdentifyProtocol.Id, new StreamLimit(MaxServiceStreams, AnswerIdentifyAsync).ServeAsync);
        Handle(IdentifyProtocol.PushId, new StreamLimit(MaxServiceStreams, TakeIdentifyPushAsync).ServeAsync);
        Handle(PingProtocol.Id, new StreamLimit(MaxServiceStreams, AnswerPingAsync).ServeAsync);
    }

    /// <summary>The node's peer id.</summary>
    public PeerId PeerId => _identity.PeerId;

    /// <summary>The addresses it listens on, with real ports and wildcards resolved, each ending in <c>/p2p/ID</c>; empty when it does not listen.</summary>
    public IReadOnlyList<Multiaddress> ListenAddresses =>
        [.. _listeners.SelectMany(static listener => listener.Addresses).Select(address => address.WithPeerId(PeerId)).Distinct()];

    /// <summary>
    /// What others are told to dial, without <c>/p2p/ID</c>: the announce addresses, else the public listen addresses, else the private ones, else
    /// loopback.
    /// </summary>
    public IReadOnlyList<Multiaddress> AdvertisedAddresses =>
        _options.AnnounceAddresses.Count > 0
            ? _options.AnnounceAddresses
            : AddressScope.Widest(_listeners.SelectMany(static listener => listener.Addresses));

    /// <summary>What the node holds now.</summary>
    public NodeCounts Counts
    {
        get
        {
            var (established, pending) = _connections.Counts;
            int streams = _connections.Snapshot().Sum(static c => c.StreamCount);
            return new NodeCounts(established, pending, streams, _upgrader.UnreadBytes, _pool.Rented, _tasks.Running);
        }
    }

    /// <summary>
    /// Memory that the connections and their streams may take now, in bytes, as <see cref="NodeMemory.Of"/> counts it, connections in their handshakes included.
    /// Constant work.
    /// </summary>
    public long ReservedMemory => NodeMemory.Of(_connections.Total, _windows.Streams, _windows.Reserved);

    /// <summary>
    /// How many received bytes all streams together may hold that nobody has read. At first <see cref="Libp2pOptions.MaxUnreadBytes"/>; may change while the
    /// node runs. Lowered, it resets the streams that receive more than what is then left.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than the window of a stream, <see cref="NodeMemory.StreamWindow"/>.</exception>
    public long MaxUnreadBytes
    {
        get => _upgrader.MaxUnreadBytes;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, NodeMemory.StreamWindow);
            _upgrader.MaxUnreadBytes = value;
        }
    }

    /// <summary>The established connections, now.</summary>
    public IReadOnlyList<Connection> Connections => _connections.Snapshot();

    /// <summary>
    /// Keeps the connections of <paramref name="peer"/> when another one needs a place and all are taken (<see cref="Libp2pOptions.MaxConnections"/>), however idle they
    /// are. Several protections of one peer count.
    /// </summary>
    /// <returns>The protection; dispose it to end it.</returns>
    public IDisposable Protect(PeerId peer) => _idle.Protect(peer);

    /// <summary>
    /// Keeps the connections of peers of whom <paramref name="isProtected"/> is true at the moment when another one needs a place. It is asked on whatever thread that
    /// happens; it must be quick and must not throw.
    /// </summary>
    /// <returns>The protection; dispose it to end it.</returns>
    public IDisposable ProtectWhere(Func<PeerId, bool> isProtected) => _idle.ProtectWhere(isProtected);

    /// <summary>Adds a way to dial and listen; the addresses already listened on are not affected.</summary>
    public void AddTransport(ITransport transport) => ImmutableInterlocked.Update(ref _transports, static (list, added) => list.Add(added), transport);

    /// <summary>Whether there is a transport for an address; what is there may still not answer.</summary>
    public bool CanDial(Multiaddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return _transports.Any(transport => transport.CanDial(address));
    }

    /// <summary>Starts to listen and to serve. Starting twice does nothing more.</summary>
    /// <exception cref="ListenException">An address cannot be listened on; the node then listens on none.</exception>
    /// <exception cref="ObjectDisposedException">The node was disposed.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await _lifecycle.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_stopping is not null)
                return;
            var listeners = new List<ITransportListener>();
            try
            {
                foreach (Multiaddress address in _options.ListenAddresses)
                    listeners.Add(await ListenAsync(address, cancellationToken).ConfigureAwait(false));
            }
            catch
            {
                foreach (ITransportListener listener in listeners)
                    await listener.DisposeAsync().ConfigureAwait(false);
                throw;
            }

            _stopping = new CancellationTokenSource();
            _listeners = [.. listeners];
            foreach (ITransportListener listener in listeners)
                _tasks.Run(() => AcceptAsync(listener, _stopping.Token));
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    /// <summary>
    /// Stops to listen, closes all connections and waits until everything the node ran has ended. Stopping twice does nothing more. When
    /// <paramref name="cancellationToken"/> is cancelled the waiting ends, the stopping does not.
    /// </summary>
    /// <remarks>
    /// A handler learns of it by <see cref="Connection.Ended"/>, and by its stream, which fails. One that goes on nevertheless is waited for for 10 s; then the
    /// node has stopped without it, and the log says which protocol it serves. A handler can stop or dispose the node itself: it is not waited for.
    /// </remarks>
    public Task StopAsync(CancellationToken cancellationToken = default) => StopCoreAsync(isFinal: false).WaitAsync(cancellationToken);

    /// <summary>Stops the node for good, as <see cref="StopAsync"/> does. Disposing twice does nothing more.</summary>
    public async ValueTask DisposeAsync() => await StopCoreAsync(isFinal: true).ConfigureAwait(false);

    /// <summary>
    /// Called within a protocol handler, or by what it calls: a stop does not wait for that handler any more. <see cref="StopAsync"/> and <see cref="DisposeAsync"/>
    /// do so by themselves; it is for whoever waits for something that a stop comes before. Does nothing elsewhere.
    /// </summary>
    public void DetachHandler() => _tasks.LeaveCurrent();

    private async Task StopCoreAsync(bool isFinal)
    {
        DetachHandler();
        await _lifecycle.WaitAsync().ConfigureAwait(false);
        try
        {
            _isDisposed |= isFinal;
            if (_stopping is null)
                return;
            await _stopping.CancelAsync().ConfigureAwait(false);
            foreach (ITransportListener listener in _listeners)
                await listener.DisposeAsync().ConfigureAwait(false);
            _listeners = [];
            await Task.WhenAll(_connections.Snapshot().Select(static c => c.CloseAsync())).ConfigureAwait(false);
            await WaitForTasksAsync().ConfigureAwait(false);
        }
        finally
        {
            _stopping = null;
            _lifecycle.Release();
        }
    }

    private async Task WaitForTasksAsync()
    {
        try
        {
            await _tasks.WhenIdle().WaitAsync(StopPatience, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            (int count, string what) = _tasks.GiveUp();
            LogGivenUp(_log, count, StopPatience.TotalSeconds, what);
        }
    }

    private async Task<ITransportListener> ListenAsync(Multiaddress address, CancellationToken cancellationToken)
    {
        ITransport transport = _transports.FirstOrDefault(t => t.CanListen(address))
            ?? throw new ListenException(address, $"No transport of this node can listen on {address}.");
        return await transport.ListenAsync(address, cancellationToken).ConfigureAwait(false);
    }

    // What the node runs ends with this token; a node that is not started has none to give.
    private CancellationToken Running() => _stopping?.Token ?? throw new InvalidOperationException("The node is not started.");
}
