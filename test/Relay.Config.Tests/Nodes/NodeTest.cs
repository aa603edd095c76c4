using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Tests.Nodes;

/// <summary>Nodes built the way an application builds them, on loopback; each is disposed after its test and must then hold nothing.</summary>
internal abstract class NodeTest
{
    private readonly List<RelayNode> _nodes = [];

    [TearDown]
    public async Task Nothing_is_held_by_a_node_that_has_been_disposed()
    {
        foreach (RelayNode node in _nodes)
            await node.DisposeAsync().AsTask().InTime();
        foreach (RelayNode node in _nodes)
            Assert.That(node.Counts, Is.EqualTo(default(RelayNodeCounts)));
        _nodes.Clear();
    }

    protected static Config CreateConfig(Action<RelayServiceConfig>? configure = null)
    {
        var config = new Config { ListenAddresses = { "/ip4/127.0.0.1/tcp/0" } };
        configure?.Invoke(config.Connection.RelayService);
        return config;
    }

    /// <summary>Builds a node that this test class disposes.</summary>
    protected RelayNode Build(Config config, Action<NodeBuilder>? configure = null)
    {
        var builder = new NodeBuilder(config.ToOptions());
        configure?.Invoke(builder);
        RelayNode node = builder.Build();
        _nodes.Add(node);
        return node;
    }

    protected async Task<RelayNode> StartAsync(Config config, Action<NodeBuilder>? configure = null)
    {
        RelayNode node = Build(config, configure);
        await node.StartAsync().InTime();
        return node;
    }

    /// <summary>A relay open to everyone.</summary>
    protected Task<RelayNode> StartOpenRelayAsync(Action<RelayServiceConfig>? configure = null) =>
        StartAsync(CreateConfig(relay =>
        {
            relay.NetworkOnly = false;
            configure?.Invoke(relay);
        }));

    /// <summary>Whether the peers serve as relays themselves; it must make no difference to what they do with others'.</summary>
    protected virtual bool PeersServe => false;

    /// <summary>A node that uses relays, and serves as one only if <see cref="PeersServe"/>.</summary>
    protected Task<RelayNode> StartPeerAsync(Action<Config>? configure = null, Action<NodeBuilder>? supply = null)
    {
        Config config = CreateConfig(relay => (relay.Disabled, relay.NetworkOnly) = (!PeersServe, false));
        configure?.Invoke(config);
        return StartAsync(config, supply);
    }

    /// <summary>Where <paramref name="destination"/> is reached through <paramref name="relay"/>.</summary>
    protected static Multiaddress Through(RelayNode relay, RelayNode destination) =>
        relay.ListenAddresses[0].Encapsulate(Multiaddress.Parse($"/p2p-circuit/p2p/{destination.PeerId}"));
}
