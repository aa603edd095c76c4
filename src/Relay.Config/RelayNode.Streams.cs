using Relay.Circuit;
using Relay.Libp2p;
using Relay.Multiformats;

namespace Relay;

// Protocols of the application: served, and opened on other peers, directly or through a relay.
public sealed partial class RelayNode
{
    /// <summary>
    /// Serves <paramref name="protocol"/> from now on: identify lists it, and inbound streams that negotiate it go to <paramref name="handler"/>. The stream is
    /// disposed when the handler's task ends; a handler that throws resets it.
    /// </summary>
    /// <remarks>A handler must end when its connection has: reads and writes on the stream then fail. See <see cref="StopAsync"/>.</remarks>
    /// <returns>The registration; disposing it withdraws the protocol. Handlers that run are not touched.</returns>
    /// <exception cref="InvalidOperationException">The protocol has a handler already.</exception>
    public IDisposable Handle(string protocol, Func<MuxedStream, Task> handler) => _node.Handle(protocol, handler);

    /// <summary>
    /// Serves <paramref name="protocol"/> as the other overload does, with a handler that is told when nobody waits for it any more: its token is
    /// <see cref="Connection.Ended"/>, which a stop of the node brings about, too.
    /// </summary>
    /// <inheritdoc cref="Handle(string, Func{MuxedStream, Task})"/>
    public IDisposable Handle(string protocol, Func<MuxedStream, CancellationToken, Task> handler) => _node.Handle(protocol, handler);

    /// <summary>
    /// Connects to <paramref name="address"/>, directly or through a relay (<c>ADDR/p2p/RELAY/p2p-circuit/p2p/DESTINATION</c>), or returns the connection there is.
    /// </summary>
    /// <exception cref="DialException">The peer cannot be connected to; the reason says why.</exception>
    /// <exception cref="RelayException">The relay in the address refused, or did not answer as it should.</exception>
    public Task<Connection> DialAsync(Multiaddress address, CancellationToken cancellationToken = default) => _node.DialAsync(address, cancellationToken);

    /// <summary>
    /// Keeps the connections of <paramref name="peer"/> when another one needs a place and all are taken (<see cref="ConnectionConfig.MaxConnections"/>), however
    /// idle they are. Peers that hold a reservation or have a circuit or another stream open are kept anyway. Several protections of one peer count.
    /// </summary>
    /// <returns>The protection; dispose it to end it.</returns>
    public IDisposable Protect(PeerId peer) => _node.Protect(peer);

    /// <summary>Opens a stream to a peer that is connected already. Never dials.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="protocol">The protocol to negotiate.</param>
    /// <param name="allowLimited">Whether a connection on which a relay has set limits will do. It is cut when they are passed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The stream; the caller disposes it.</returns>
    /// <exception cref="StreamException">There is no connection, the peer does not speak the protocol, did not answer in time, or went away.</exception>
    public Task<MuxedStream> OpenStreamAsync(
        PeerId peer, string protocol, bool allowLimited, CancellationToken cancellationToken = default) =>
        _node.OpenStreamAsync(peer, protocol, directOnly: false, allowLimited, cancellationToken);

    /// <summary>Opens a stream to a peer that is connected already, on a connection without limits. Never dials.</summary>
    /// <inheritdoc cref="OpenStreamAsync(PeerId, string, bool, CancellationToken)"/>
    public Task<MuxedStream> OpenStreamAsync(PeerId peer, string protocol, CancellationToken cancellationToken = default) =>
        OpenStreamAsync(peer, protocol, allowLimited: false, cancellationToken);

    /// <summary>Connects to <paramref name="address"/> as <see cref="DialAsync"/> does, and opens a stream on the connection.</summary>
    /// <param name="address">Where the peer is, directly or through a relay.</param>
    /// <param name="protocol">The protocol to negotiate.</param>
    /// <param name="allowLimited">Whether a connection on which a relay has set limits will do. It is cut when they are passed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The stream; the caller disposes it.</returns>
    /// <exception cref="DialException">The peer cannot be connected to; the reason says why.</exception>
    /// <exception cref="RelayException">The relay in the address refused, or did not answer as it should.</exception>
    /// <exception cref="StreamException">The peer does not speak the protocol, did not answer in time, or went away.</exception>
    public async Task<MuxedStream> OpenStreamAsync(
        Multiaddress address, string protocol, bool allowLimited, CancellationToken cancellationToken = default)
    {
        Connection connection = await _node.DialAsync(address, cancellationToken).ConfigureAwait(false);
        return await _node.OpenStreamAsync(connection, protocol, allowLimited, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Connects to <paramref name="address"/> as <see cref="DialAsync"/> does, and opens a stream on the connection unless that has limits.</summary>
    /// <inheritdoc cref="OpenStreamAsync(Multiaddress, string, bool, CancellationToken)"/>
    public Task<MuxedStream> OpenStreamAsync(Multiaddress address, string protocol, CancellationToken cancellationToken = default) =>
        OpenStreamAsync(address, protocol, allowLimited: false, cancellationToken);

    /// <summary>Measures the round trip to a connected peer with one ping.</summary>
    /// <exception cref="StreamException">There is no connection to the peer, or it ended.</exception>
    public Task<TimeSpan> PingAsync(PeerId peer, CancellationToken cancellationToken = default) => _node.PingAsync(peer, cancellationToken);
}
