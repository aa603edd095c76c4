using Relay.Multiformats;

namespace Relay.Libp2p.Tests;

/// <summary>Two started nodes on loopback, the second connected to the first; everything back at zero is checked on dispose.</summary>
internal sealed class NodePair : IAsyncDisposable
{
    private NodePair(Libp2pNode listener, Libp2pNode dialer, Connection connection)
    {
        Listener = listener;
        Dialer = dialer;
        Connection = connection;
    }

    public Libp2pNode Listener { get; }

    public Libp2pNode Dialer { get; }

    /// <summary>The dialer's end.</summary>
    public Connection Connection { get; }

    public static Libp2pNode CreateNode(Libp2pOptions? options = null, TimeProvider? time = null) =>
        new((options ?? new Libp2pOptions()) with { ListenAddresses = [Multiaddress.Parse("/ip4/127.0.0.1/tcp/0")] }, IdentityKey.Generate(), time);

    public static async Task<NodePair> ConnectAsync(Libp2pOptions? options = null)
    {
        Libp2pNode listener = CreateNode(options);
        Libp2pNode dialer = CreateNode(options);
        await listener.StartAsync();
        await dialer.StartAsync();
        return new NodePair(listener, dialer, await dialer.DialAsync(listener.ListenAddresses[0]));
    }

    public async ValueTask DisposeAsync()
    {
        await Dialer.DisposeAsync();
        await Listener.DisposeAsync();
        Assert.Multiple(() =>
        {
            Assert.That(Dialer.Counts, Is.EqualTo(default(NodeCounts)), "the dialer is back at zero");
            Assert.That(Listener.Counts, Is.EqualTo(default(NodeCounts)), "the listener is back at zero");
        });
    }
}
