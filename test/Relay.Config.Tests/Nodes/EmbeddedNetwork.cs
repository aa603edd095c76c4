using Relay.Circuit.Host;
using Relay.Embedded;
using Relay.Libp2p;
using Relay.Multiformats;
using Relay.TestKit;
using Relay.TestKit.Network;

namespace Relay.Tests.Nodes;

/// <summary>Real nodes on loopback sockets. Disposing it checks that none of them holds anything any more.</summary>
internal sealed class EmbeddedNetwork : IRelayTestNetwork
{
    private readonly List<(Libp2pNode Node, IRelayHost Host)> _nodes = [];

    public async ValueTask<IRelayHost> AddHostAsync()
    {
        var identity = IdentityKey.Generate();
        var node = new Libp2pNode(new Libp2pOptions { ListenAddresses = [Multiaddress.Parse("/ip4/127.0.0.1/tcp/0")] }, identity);
        var host = new EmbeddedHost(node, identity);
        _nodes.Add((node, host));
        await node.StartAsync();
        return host;
    }

    public Multiaddress NeighbourAddress { get; } = Multiaddress.Parse("/ip4/127.0.0.1/tcp/1");

    public ValueTask<IRelayHost> AddNeighbourAsync() => AddHostAsync(); // all come from loopback

    public async ValueTask ConnectAsync(IRelayHost dialer, IRelayHost listener)
    {
        await NodeOf(dialer).DialAsync(NodeOf(listener).ListenAddresses[0]);
        await Eventually.TrueAsync(() => listener.IsConnected(dialer.LocalPeer), "the listener's end of the connection");
    }

    public async ValueTask DisconnectAsync(IRelayHost host)
    {
        foreach (Connection connection in NodeOf(host).Connections)
        {
            connection.Abort();
            await connection.Closed;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach ((Libp2pNode node, _) in _nodes)
            await node.DisposeAsync();
        foreach ((Libp2pNode node, _) in _nodes)
            Assert.That(node.Counts, Is.EqualTo(default(NodeCounts)), "what a stopped node holds");
    }

    private Libp2pNode NodeOf(IRelayHost host) => _nodes.Single(pair => pair.Host == host).Node;
}
