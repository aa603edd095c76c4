using Relay.Multiformats;

namespace Relay.Circuit.Host;

/// <summary>
/// The port through which the relay engine uses a libp2p stack: the few things circuit relay v2 needs of the node that carries it.
/// Implementations are thread-safe; the engine calls them concurrently and never holds a lock while it does.
/// </summary>
public interface IRelayHost
{
    /// <summary>The peer id of this node; the signer of vouchers.</summary>
    PeerId LocalPeer { get; }

    /// <summary>
    /// The addresses a reservation tells its peer to be reached at, as they are now: without <c>/p2p/ID</c> of this node (the engine adds it),
    /// never a <c>/p2p-circuit</c> address. May be empty.
    /// </summary>
    IReadOnlyList<Multiaddress> AdvertisedAddresses { get; }

    /// <summary>
    /// Serves <paramref name="protocol"/> from now on: identify lists it and inbound streams that negotiate it go to <paramref name="handler"/>.
    /// The stream lives until the handler's task ends; the host then resets it when it was not closed both ways.
    /// </summary>
    /// <returns>The registration; disposing it withdraws the protocol (running handlers are not touched).</returns>
    /// <exception cref="InvalidOperationException">The protocol has a handler already.</exception>
    IDisposable Handle(string protocol, Func<IHostStream, Task> handler);

    /// <summary>
    /// Opens a stream to a peer over a direct connection that exists already. Never dials, and never picks a connection that is itself relayed.
    /// </summary>
    /// <exception cref="HostStreamException">There is no such connection, the peer does not speak the protocol, or the connection failed.</exception>
    /// <exception cref="TimeoutException">The peer did not answer within the host's own time for it, if that is shorter than the caller's.</exception>
    ValueTask<IHostStream> OpenStreamAsync(PeerId peer, string protocol, CancellationToken cancellationToken);

    /// <summary>
    /// Like <see cref="OpenStreamAsync"/>, for a protocol in which the opener sends a request and then reads. A host that knows the peer to speak the protocol need
    /// not wait for it to say so again: the stream may come back at once, and its first read throw what opening it would have thrown.
    /// </summary>
    ValueTask<IHostStream> OpenRequestStreamAsync(PeerId peer, string protocol, CancellationToken cancellationToken) =>
        OpenStreamAsync(peer, protocol, cancellationToken);

    /// <summary>Whether there is a direct (not relayed) connection to <paramref name="peer"/> now.</summary>
    bool IsConnected(PeerId peer);

    /// <summary>
    /// Calls <paramref name="callback"/> each time the last direct connection to a peer has ended, after <see cref="IsConnected"/> turned false.
    /// The callback is quick and does not throw.
    /// </summary>
    /// <returns>The subscription; dispose it to end it.</returns>
    IDisposable OnDisconnected(Action<PeerId> callback);

    /// <summary>
    /// Closes the direct connections that <paramref name="peer"/> has made and on which no stream is open; others stay. Never waits. A host that does nothing here
    /// leaves a peer whose reservation was ended to find that out when it renews it.
    /// </summary>
    void CloseIdle(PeerId peer)
    {
    }

    /// <summary>
    /// Memory that the host's connections and streams may take now, in bytes: their buffers, their state, and what receive windows have grown by; not
    /// <see cref="StreamMemory"/> of the streams of circuits, which the engine counts. Cheap: it is asked with every request. 0 for a host that does not know.
    /// </summary>
    long ReservedMemory => 0;

    /// <summary>
    /// What the host has promised to receive on a stream before anybody reads it, and what keeping that takes, in bytes: two of these are counted for each circuit
    /// against <see cref="CircuitRelayOptions.MemoryBudget"/>. 256 KiB, with which every Yamux stream begins, unless the host says otherwise.
    /// </summary>
    long StreamMemory => 256 * 1024;

    /// <summary>Signs <paramref name="payload"/> as a signed envelope (libp2p RFC 0002) with this node's identity key.</summary>
    /// <returns>The encoded envelope.</returns>
    byte[] Seal(string domain, ReadOnlySpan<byte> payloadType, ReadOnlySpan<byte> payload);
}
