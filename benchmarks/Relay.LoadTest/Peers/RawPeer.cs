using Relay.Circuit;
using Relay.Embedded;
using Relay.Libp2p;
using Relay.Multiformats;

namespace Relay.LoadTest.Peers;

/// <summary>A peer whose circuits carry the plain bytes: the client side of the relay engine on the embedded node, with nothing inside the circuit.</summary>
internal sealed class RawPeer : ILoadPeer
{
    private static readonly Libp2pOptions Options = new() { MaxStreamsPerConnection = 8192 };

    private readonly Libp2pNode _node;
    private readonly RelayClient _client;
    private readonly StopService _stop;

    public RawPeer()
    {
        IdentityKey identity = IdentityKey.Generate();
        _node = new Libp2pNode(Options, identity);
        var host = new EmbeddedHost(_node, identity);
        _client = new RelayClient(host, TimeProvider.System);
        _stop = new StopService(host, ServeAsync, TimeProvider.System);
    }

    public PeerId Id => _node.PeerId;

    public Task StartAsync() => _node.StartAsync();

    public Task ConnectAsync(Multiaddress relay) => _node.DialAsync(relay);

    public async Task ReserveAsync(Multiaddress relay)
    {
        await ConnectAsync(relay).ConfigureAwait(false);
        await _client.ReserveAsync(relay.PeerId!).ConfigureAwait(false);
    }

    public async Task<DuplexStream> OpenCircuitAsync(Multiaddress relay, PeerId destination) =>
        new CircuitDuplexStream(await _client.ConnectAsync(relay.PeerId!, destination).ConfigureAwait(false));

    public Task<TimeSpan> PingAsync(Multiaddress relay) => _node.PingAsync(relay.PeerId!);

    public async ValueTask DisposeAsync()
    {
        await _stop.DisposeAsync().ConfigureAwait(false);
        await _node.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task ServeAsync(InboundCircuit inbound)
    {
        await using var circuit = new CircuitDuplexStream(await inbound.AcceptAsync().ConfigureAwait(false));
        await CircuitServer.ServeAsync(circuit).ConfigureAwait(false);
    }
}
