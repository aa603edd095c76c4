using Microsoft.Extensions.Logging;
using Relay.Multiformats;

namespace Relay.Libp2p.Tests.Scripting;

/// <summary>A started node on loopback. On dispose it must have given everything back, and nothing may have failed that nobody expected.</summary>
internal sealed class NodeUnderTest : IAsyncDisposable
{
    public static readonly Multiaddress Loopback = Multiaddress.Parse("/ip4/127.0.0.1/tcp/0");

    private NodeUnderTest(Libp2pOptions options, ManualTimeProvider? time)
    {
        Options = options;
        Node = new Libp2pNode(options, IdentityKey.Generate(), time, Log);
    }

    public Libp2pOptions Options { get; }

    public Libp2pNode Node { get; }

    public RecordingLogger Log { get; } = new();

    public Multiaddress Address => Node.ListenAddresses[0];

    public static async Task<NodeUnderTest> StartAsync(
        Libp2pOptions? options = null, ManualTimeProvider? time = null, Action<Libp2pNode>? prepare = null)
    {
        options ??= new Libp2pOptions();
        if (options.ListenAddresses.Count == 0)
            options = options with { ListenAddresses = [Loopback] };
        var node = new NodeUnderTest(options, time);
        prepare?.Invoke(node.Node);
        await node.Node.StartAsync();
        return node;
    }

    /// <summary>Waits until nobody is connected and nothing is held, while the node goes on listening.</summary>
    public Task RestAsync() => Eventually.EqualsAsync(
        default, () => Node.Counts with { Tasks = 0 }, "what the node holds");

    /// <summary>A good client gets its answer.</summary>
    public async Task ServesAsync()
    {
        await using NodeUnderTest client = await StartAsync();
        await client.Node.DialAsync(Address).InTime();
        Assert.That(await client.Node.PingAsync(Node.PeerId).InTime(), Is.GreaterThan(TimeSpan.Zero));
    }

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync().InTime();
        Assert.Multiple(() =>
        {
            Assert.That(Node.Counts, Is.EqualTo(default(NodeCounts)), "everything is given back");
            Assert.That(Log.AtLeast(LogLevel.Warning), Is.Empty, "nothing failed unexpectedly");
        });
    }
}
