using System.Net;
using Relay.Libp2p.Transports;
using Relay.Multiformats;

namespace Relay.Libp2p;

// Inbound connections, and what all connections have in common once they are upgraded.
public sealed partial class Libp2pNode
{
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100); // when the machine has no socket to give

    /// <summary>
    /// Secures and multiplexes a connection that came from somewhere else, and serves it like one of the node's own. Owns its stream from here on.
    /// </summary>
    /// <param name="raw">The duplex stream to upgrade.</param>
    /// <param name="isInitiator">Which side of the handshakes to take.</param>
    /// <param name="expectedPeer">Who must be at the other end; null takes anybody.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DialException">The remote broke the handshake, took too long or is somebody else, or there are too many connections.</exception>
    public Task<Connection> UpgradeAsync(RawConnection raw, bool isInitiator, PeerId? expectedPeer, CancellationToken cancellationToken) =>
        _tasks.IncludeAsync(() => AdmitAsync(raw, isInitiator, expectedPeer, onLoan: false, cancellationToken));

    private async Task<Connection> AdmitAsync(
        RawConnection raw, bool isInitiator, PeerId? expectedPeer, bool onLoan, CancellationToken cancellationToken)
    {
        ConnectionSlot? slot = TryAdmit(raw, isInitiator, out string? refusal);
        if (slot is null)
        {
            await raw.Stream.DisposeAsync().ConfigureAwait(false);
            throw new DialException(DialError.TooManyConnections, $"The connection is refused: {refusal}.");
        }

        return await UpgradeAdmittedAsync(raw, slot, isInitiator, expectedPeer, onLoan, cancellationToken).ConfigureAwait(false);
    }

    private ConnectionSlot? TryAdmit(RawConnection raw, bool isInitiator, out string? refusal)
    {
        refusal = "there are as many as there may be";
        IPAddress? ip = null;
        if (!raw.IsRelayed)
            raw.RemoteAddress.TryGetIPAddress(out ip);
        bool isFull = isInitiator;
        ConnectionSlot? slot = isInitiator ? _connections.TryAdmitOutbound() : _connections.TryAdmitInbound(ip, out refusal, out isFull);
        if (slot is null && isFull && _idle.TakePlace() is { } idle)
        {
            _tasks.Run(idle.GiveWayAsync);
            slot = isInitiator ? _connections.TryAdmitOutbound() : _connections.TryAdmitInbound(ip, out refusal, out _);
        }

        if (slot is null)
            LogUpgradeFailed(_log, raw.RemoteAddress, refusal!);
        return slot;
    }

    private async Task<Connection> UpgradeAdmittedAsync(
        RawConnection raw, ConnectionSlot slot, bool isInitiator, PeerId? expectedPeer, bool onLoan, CancellationToken cancellationToken)
    {
        try
        {
            CancellationToken running = Running();
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(running, cancellationToken, slot.GivenUp);
            Connection connection = await _upgrader.UpgradeAsync(raw, isInitiator, expectedPeer, ended.Token).ConfigureAwait(false);
            bool isAdmitted = slot.TryEstablish();
            Serve(connection, slot, onLoan, running);
            if (!isAdmitted)
                connection.Abort();
            return connection;
        }
        catch (Exception e)
        {
            slot.Dispose();
            await raw.Stream.DisposeAsync().ConfigureAwait(false);
            LogUpgradeFailed(_log, raw.RemoteAddress, slot.GivenUp.IsCancellationRequested ? "it made room for a newer one" : e.Message);
            throw e switch
            {
                HandshakeException { IsWrongPeer: true } => new DialException(DialError.WrongPeer, e.Message, e),
                HandshakeException { IsSelf: true } => new DialException(DialError.DialToSelf, e.Message, e),
                TimeoutException => new DialException(DialError.Timeout, e.Message, e),
                OperationCanceledException when cancellationToken.IsCancellationRequested => e,
                OperationCanceledException when slot.GivenUp.IsCancellationRequested =>
                    new DialException(DialError.TooManyConnections, "The handshake took so long that a newer connection has its place.", e),
                OperationCanceledException => new DialException(DialError.HandshakeFailed, "The node was stopped.", e),
                InvalidOperationException => e,
                _ => new DialException(DialError.HandshakeFailed, $"The handshake with {raw.RemoteAddress} failed: {e.Message}", e),
            };
        }
    }

    private async Task AcceptAsync(ITransportListener listener, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            RawConnection? raw;
            try
            {
                raw = await listener.AcceptAsync(stopping).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                LogAcceptFailed(_log, e);
                await Task.Delay(AcceptPause, _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            if (raw is null)
                return;

            // Counted here and now: what waits for a thread to be refused on would hold sockets past all caps.
            if (TryAdmit(raw, isInitiator: false, out _) is { } slot)
                _tasks.Run(() => UpgradeInboundAsync(raw, slot, stopping));
            else
                await raw.Stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task UpgradeInboundAsync(RawConnection raw, ConnectionSlot slot, CancellationToken stopping)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // a handshake costs CPU that accepting must not wait for
        try
        {
            await UpgradeAdmittedAsync(raw, slot, isInitiator: false, expectedPeer: null, onLoan: false, stopping).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DialException or OperationCanceledException or InvalidOperationException)
        {
            // Logged where it happened; there is nobody to tell.
        }
    }

    private void Serve(Connection connection, ConnectionSlot slot, bool onLoan, CancellationToken running)
    {
        connection.Slot = slot;
        _connections.Add(connection, onLoan);
        LogConnected(_log, connection.RemotePeer, connection.RemoteAddress);
        connection.Start(stream => _tasks.Run(() => ServeStreamAsync(stream), () => stream.Protocol));
        _tasks.Run(() => WatchAsync(connection, slot));
        _tasks.Run(() => IdentifyAsync(connection, running));

        // A stop that took its list of connections a moment ago does not know this one.
        if (running.IsCancellationRequested)
            connection.Abort();
    }

    private async Task WatchAsync(Connection connection, ConnectionSlot slot)
    {
        await connection.Closed.ConfigureAwait(false);
        bool wasLast = _connections.Remove(connection);
        slot.Dispose();
        LogDisconnected(_log, connection.RemotePeer, connection.RemoteAddress, connection.CloseReason?.Message);
        Task told = connection.TellEndedAsync();
        _closed.Tell(connection);
        if (wasLast)
            _disconnected.Tell(connection.RemotePeer);
        await told.ConfigureAwait(false);
    }
}
