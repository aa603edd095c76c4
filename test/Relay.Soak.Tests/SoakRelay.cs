using Relay.Circuit;
using Relay.Embedded;
using Relay.Libp2p;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Soak.Tests;

/// <summary>A relay over sockets that notices dead peers within seconds, and what it must be back to when everybody has left.</summary>
internal sealed class SoakRelay : IAsyncDisposable
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(2);

    private readonly Libp2pNode _node;

    private SoakRelay(Libp2pNode node, CircuitRelay relay)
    {
        _node = node;
        Relay = relay;
    }

    public CircuitRelay Relay { get; }

    public Multiaddress Address => _node.ListenAddresses[0];

    public IReadOnlyList<Connection> Connections => _node.Connections;

    public NodeCounts Counts => _node.Counts;

    public static async Task<SoakRelay> StartAsync(CircuitRelayOptions options, TimeProvider clock, int maxStreamWindow = 16 << 20)
    {
        var identity = IdentityKey.Generate();
        var libp2p = new Libp2pOptions
        {
            ListenAddresses = [Multiaddress.Parse("/ip4/127.0.0.1/tcp/0")],
            MaxConnections = 4096,
            MaxPendingHandshakes = 4096,
            KeepAliveInterval = KeepAlive,
            KeepAliveTimeout = KeepAlive,
            MaxStreamWindow = maxStreamWindow,
        };
        var node = new Libp2pNode(libp2p, identity, clock);
        var relay = new CircuitRelay(new EmbeddedHost(node, identity), options, new ScriptedAcl(), clock);
        relay.Start();
        await node.StartAsync();
        return new SoakRelay(node, relay);
    }

    /// <summary>Waits until nothing is held any more: no connection, stream, reservation, circuit, buffer.</summary>
    public async Task IsEmptyAsync()
    {
        await Eventually.EqualsAsync(default, () => Relay.Counts, "what the relay holds");
        await Eventually.EqualsAsync((0, 0, 0, 0L), () => (Counts.Connections, Counts.PendingHandshakes, Counts.Streams, Counts.RentedBuffers), "what the node holds");
        Assert.That((Relay.ReservedMemory, Relay.TakeSnapshot().Circuits.Count), Is.EqualTo((0L, 0)));
    }

    public async ValueTask DisposeAsync()
    {
        await Relay.DisposeAsync();
        await _node.DisposeAsync();
    }
}
