using Relay.Circuit.Host;
using Relay.Libp2p;
using Relay.Multiformats;

namespace Relay.Embedded;

/// <summary>The relay engine's host port over the embedded libp2p node.</summary>
internal sealed class EmbeddedHost(Libp2pNode node, IdentityKey identity) : IRelayHost
{
    public PeerId LocalPeer => node.PeerId;

    public IReadOnlyList<Multiaddress> AdvertisedAddresses => node.AdvertisedAddresses;

    public IDisposable Handle(string protocol, Func<IHostStream, Task> handler) =>
        node.Handle(protocol, stream => handler(new EmbeddedStream(stream)));

    public async ValueTask<IHostStream> OpenStreamAsync(PeerId peer, string protocol, CancellationToken cancellationToken)
    {
        try
        {
            return new EmbeddedStream(
                await node.OpenStreamAsync(peer, protocol, directOnly: true, cancellationToken: cancellationToken).ConfigureAwait(false));
        }
        catch (StreamException e) when (e.Reason == StreamError.Timeout)
        {
            throw new TimeoutException(e.Message, e);
        }
        catch (StreamException e)
        {
            throw EmbeddedStream.Translate(e);
        }
    }

    public async ValueTask<IHostStream> OpenRequestStreamAsync(PeerId peer, string protocol, CancellationToken cancellationToken)
    {
        try
        {
            if (node.TryOpenKnownStream(peer, protocol) is { } stream)
                return new EmbeddedStream(stream);
        }
        catch (StreamException e)
        {
            throw EmbeddedStream.Translate(e);
        }

        return await OpenStreamAsync(peer, protocol, cancellationToken).ConfigureAwait(false);
    }

    public long ReservedMemory => node.ReservedMemory;

    public long StreamMemory => NodeMemory.StreamQueue;

    public bool IsConnected(PeerId peer) => node.IsConnected(peer);

    public void CloseIdle(PeerId peer) => node.CloseIdle(peer);

    public IDisposable OnDisconnected(Action<PeerId> callback) => node.OnDisconnected(callback);

    public byte[] Seal(string domain, ReadOnlySpan<byte> payloadType, ReadOnlySpan<byte> payload) =>
        SignedEnvelope.Seal(identity, domain, payloadType, payload).ToByteArray();
}
