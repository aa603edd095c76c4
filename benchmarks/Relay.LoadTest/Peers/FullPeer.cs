using Relay.Libp2p;
using Relay.Multiformats;

namespace Relay.LoadTest.Peers;

/// <summary>A peer as an application has it: a node built at the front door, whose streams run inside a secured connection through the circuit.</summary>
internal sealed class FullPeer : ILoadPeer
{
    private const string Protocol = "/relay-load-test/1.0.0";

    private static readonly Multiaddress Circuit = Multiaddress.Parse("/p2p-circuit");

    private readonly RelayNode _node;

    public FullPeer()
    {
        var config = new Config { ListenAddresses = { "/ip4/127.0.0.1/tcp/0" } };
        config.Connection.RelayService.Disabled = true;
        config.Connection.MaxStreamsPerConnection = 8192;
        _node = new NodeBuilder(config.ToOptions()).WithIdentity(IdentityKey.Generate()).Build();
        _node.Handle(Protocol, CircuitServer.ServeAsync);
    }

    public PeerId Id => _node.PeerId;

    public Task StartAsync() => _node.StartAsync();

    public Task ConnectAsync(Multiaddress relay) => _node.DialAsync(relay);

    public Task ReserveAsync(Multiaddress relay) => _node.Relays.ReserveAsync(relay);

    public async Task<DuplexStream> OpenCircuitAsync(Multiaddress relay, PeerId destination) =>
        await _node.OpenStreamAsync(relay.Encapsulate(Circuit).WithPeerId(destination), Protocol, allowLimited: true).ConfigureAwait(false);

    public Task<TimeSpan> PingAsync(Multiaddress relay) => _node.PingAsync(relay.PeerId!);

    public ValueTask DisposeAsync() => _node.DisposeAsync();
}
