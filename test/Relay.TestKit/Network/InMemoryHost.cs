using System.Collections.Concurrent;
using Relay.Circuit.Host;
using Relay.Multiformats;

namespace Relay.TestKit.Network;

/// <summary>A node of the <see cref="InMemoryNetwork"/>: everything the relay engine asks of a host, without sockets, security or time.</summary>
public sealed class InMemoryHost : IRelayHost
{
    private readonly Lock _gate = new();
    private readonly IdentityKey _key;
    private readonly List<InMemoryConnection> _connections = [];
    private readonly Dictionary<string, Func<IHostStream, Task>> _handlers = [];
    private readonly List<Action<PeerId>> _disconnectCallbacks = [];
    private readonly List<(Action<PeerId> Callback, PeerId Peer)> _notices = [];
    private readonly ConcurrentQueue<Task> _running = new();

    internal InMemoryHost(IdentityKey key, Multiaddress address)
    {
        _key = key;
        Address = address;
        AdvertisedAddresses = [address];
    }

    /// <inheritdoc/>
    public PeerId LocalPeer => _key.PeerId;

    /// <summary>The identity, to sign what a test wants signed.</summary>
    public IdentityKey Key => _key;

    /// <summary>The address its connections come from, unless the connection says otherwise.</summary>
    public Multiaddress Address { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Multiaddress> AdvertisedAddresses { get; set; }

    /// <summary>How many bytes a stream to this host takes before somebody reads them.</summary>
    public int Window { get; set; } = 64 * 1024;

    /// <summary>Runs before each outbound stream is opened: to fail, or to wait.</summary>
    public Func<PeerId, CancellationToken, Task>? OpeningStream { get; set; }

    /// <summary>Runs before it is said whether a peer is connected, once, and says so instead: for what happens at the worst moment.</summary>
    public Func<PeerId, bool>? NextIsConnected { get; set; }

    /// <summary>Whether disconnect notices are kept back until <see cref="ReleaseNotices"/>.</summary>
    public bool HoldsNotices { get; set; }

    /// <summary>The protocols it serves.</summary>
    public IReadOnlyCollection<string> Protocols
    {
        get
        {
            lock (_gate)
                return [.. _handlers.Keys];
        }
    }

    /// <summary>What handlers threw; the engine's never do.</summary>
    public ConcurrentQueue<Exception> HandlerFailures { get; } = new();

    /// <summary>Streams on its connections that have not ended.</summary>
    public int OpenStreams
    {
        get
        {
            lock (_gate)
                return _connections.Sum(c => c.OpenStreams);
        }
    }

    /// <inheritdoc/>
    public IDisposable Handle(string protocol, Func<IHostStream, Task> handler)
    {
        lock (_gate)
        {
            if (!_handlers.TryAdd(protocol, handler))
                throw new InvalidOperationException($"{protocol} has a handler already.");
        }

        return new Undo(() =>
        {
            lock (_gate)
                _handlers.Remove(protocol);
        });
    }

    /// <inheritdoc/>
    public async ValueTask<IHostStream> OpenStreamAsync(PeerId peer, string protocol, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (OpeningStream is { } opening)
            await opening(peer, cancellationToken);

        InMemoryConnection? connection;
        lock (_gate)
            connection = _connections.FirstOrDefault(c => !c.IsRelayed && c.OtherThan(this).LocalPeer == peer);
        if (connection is null)
            throw new HostStreamException(HostStreamError.NotConnected, $"Not connected to {peer}.");

        return connection.OpenStream(this, protocol);
    }

    /// <inheritdoc/>
    public long ReservedMemory { get; set; }

    /// <inheritdoc/>
    public long StreamMemory => Window;

    /// <inheritdoc/>
    public bool IsConnected(PeerId peer)
    {
        if (NextIsConnected is { } next)
        {
            NextIsConnected = null;
            return next(peer);
        }

        lock (_gate)
            return _connections.Exists(c => !c.IsRelayed && c.OtherThan(this).LocalPeer == peer);
    }

    /// <inheritdoc/>
    public IDisposable OnDisconnected(Action<PeerId> callback)
    {
        lock (_gate)
            _disconnectCallbacks.Add(callback);
        return new Undo(() =>
        {
            lock (_gate)
                _disconnectCallbacks.Remove(callback);
        });
    }

    /// <inheritdoc/>
    public byte[] Seal(string domain, ReadOnlySpan<byte> payloadType, ReadOnlySpan<byte> payload)
        => SignedEnvelope.Seal(_key, domain, payloadType, payload).ToByteArray();

    /// <summary>Ends when every handler that has been started has ended.</summary>
    public async Task HandlersHaveEndedAsync()
    {
        while (_running.TryDequeue(out Task? task))
            await task.InTime();
    }

    /// <summary>Delivers the disconnect notices kept back.</summary>
    public void ReleaseNotices()
    {
        List<(Action<PeerId> Callback, PeerId Peer)> notices;
        lock (_gate)
        {
            notices = [.. _notices];
            _notices.Clear();
        }

        foreach ((Action<PeerId> callback, PeerId peer) in notices)
            callback(peer);
    }

    internal void Attach(InMemoryConnection connection)
    {
        lock (_gate)
            _connections.Add(connection);
    }

    internal void Detach(InMemoryConnection connection)
    {
        PeerId peer = connection.OtherThan(this).LocalPeer;
        lock (_gate)
        {
            if (!_connections.Remove(connection))
                return;
            if (!connection.IsRelayed && !_connections.Exists(c => !c.IsRelayed && c.OtherThan(this).LocalPeer == peer))
                _notices.AddRange(_disconnectCallbacks.Select(callback => (callback, peer)));
        }

        if (!HoldsNotices)
            ReleaseNotices();
    }

    /// <summary>Ends all its connections.</summary>
    public void CloseConnections()
    {
        List<InMemoryConnection> connections;
        lock (_gate)
            connections = [.. _connections];
        foreach (InMemoryConnection connection in connections)
            connection.Close();
    }

    /// <summary>Hands an inbound stream to its handler, on a thread of its own, and resets what the handler leaves open.</summary>
    internal void Serve(string protocol, InMemoryStream stream)
    {
        Func<IHostStream, Task>? handler;
        lock (_gate)
            _handlers.TryGetValue(protocol, out handler);
        if (handler is null)
        {
            stream.Reset();
            throw new HostStreamException(HostStreamError.ProtocolNotSupported, $"{LocalPeer} does not speak {protocol}.");
        }

        _running.Enqueue(Task.Run(async () =>
        {
            try
            {
                await handler(stream);
            }
            catch (Exception e)
            {
                HandlerFailures.Enqueue(e);
            }
            finally
            {
                stream.Reset();
            }
        }));
    }
}
