using Relay.Libp2p.Ping;
using Relay.Libp2p.Transports;
using Relay.Multiformats;

namespace Relay.Libp2p;

// Outbound connections.
public sealed partial class Libp2pNode
{
    private readonly CallbackList<PeerId> _disconnected = new();
    private readonly CallbackList<Connection> _closed = new();

    /// <summary>Whether there is a direct (not relayed) connection to <paramref name="peer"/>.</summary>
    public bool IsConnected(PeerId peer) => _connections.Find(peer, directOnly: true) is not null;

    /// <summary>Calls <paramref name="callback"/> when the last direct connection to a peer has ended; it must be quick and must not throw.</summary>
    /// <returns>The subscription; dispose it to end it.</returns>
    public IDisposable OnDisconnected(Action<PeerId> callback) => _disconnected.Add(callback);

    /// <summary>
    /// Calls <paramref name="callback"/> with each connection that has ended, direct or relayed, after it has left <see cref="Connections"/>; it must be quick and must
    /// not throw.
    /// </summary>
    /// <returns>The subscription; dispose it to end it.</returns>
    public IDisposable OnClosed(Action<Connection> callback) => _closed.Add(callback);

    /// <summary>
    /// Connects to <paramref name="address"/>, which may end in <c>/p2p/ID</c>: then only that peer will do, and an open connection to it serves. Dials
    /// of one peer at once, at the same address, are one attempt and lead to one connection; cancelling one of them does not end the others.
    /// </summary>
    /// <exception cref="DialException">The peer cannot be connected to; the reason says why.</exception>
    /// <exception cref="InvalidOperationException">The node is not started.</exception>
    public Task<Connection> DialAsync(Multiaddress address, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        return _tasks.IncludeAsync(async () => (await ConnectAsync(address, onLoan: false, cancellationToken).ConfigureAwait(false)).Connection);
    }

    /// <summary>Measures the round trip to a connected peer with one ping.</summary>
    /// <exception cref="StreamException">There is no connection to the peer, or it ended.</exception>
    public async Task<TimeSpan> PingAsync(PeerId peer, CancellationToken cancellationToken = default)
    {
        await using MuxedStream stream =
            await OpenStreamAsync(peer, PingProtocol.Id, allowLimited: true, cancellationToken: cancellationToken).ConfigureAwait(false);
        using var deadline = Deadline.Start(_time, PingPatience, cancellationToken);
        try
        {
            return await PingProtocol.MeasureAsync(stream, _time, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HandshakeException or EndOfStreamException)
        {
            stream.Reset();
            throw new StreamException(StreamError.NegotiationFailed, "The remote did not answer the ping as it should.", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            stream.Reset();
            throw new StreamException(StreamError.Timeout, $"The remote did not answer the ping within {PingPatience.TotalSeconds:0} s.", e);
        }
    }

    private async Task<(Connection Connection, bool IsNew)> ConnectAsync(Multiaddress address, bool onLoan, CancellationToken cancellationToken)
    {
        Running();
        if (address.PeerId is not { } known)
            return (await ConnectAnewAsync(address, onLoan, cancellationToken).ConfigureAwait(false), true);
        if (known == PeerId)
            throw new DialException(DialError.DialToSelf, $"{address} is this node.");
        if (_connections.Take(known, directOnly: !address.IsCircuit, onLoan) is { } open)
            return (open, false);
        return (await _dials.DialAsync(address, connection => _connections.Give(connection, onLoan), cancellationToken).ConfigureAwait(false), true);
    }

    // An attempt that has just ended may have left a connection behind, after whoever begins this one had looked for one.
    private Task<Connection> DialKnownAsync(Multiaddress address, CancellationToken cancellationToken) =>
        _connections.Take(address.PeerId!, directOnly: !address.IsCircuit, onLoan: true) is { } open
            ? Task.FromResult(open)
            : ConnectAnewAsync(address, onLoan: true, cancellationToken);

    private async Task<Connection> ConnectAnewAsync(Multiaddress address, bool onLoan, CancellationToken cancellationToken)
    {
        CancellationToken running = Running();
        ITransport transport = _transports.FirstOrDefault(t => t.CanDial(address))
            ?? throw new DialException(DialError.UnsupportedAddress, $"No transport of this node can dial {address}.");
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(running, cancellationToken);
        RawConnection raw;
        try
        {
            raw = await transport.DialAsync(address, ended.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DialException(DialError.ConnectFailed, "The node was stopped.", e);
        }

        return await AdmitAsync(raw, isInitiator: true, address.PeerId, onLoan, cancellationToken).ConfigureAwait(false);
    }
}
