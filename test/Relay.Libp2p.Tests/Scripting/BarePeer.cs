using System.Threading.Channels;
using Relay.Libp2p.Noise;
using Relay.Libp2p.Transports;
using Relay.Libp2p.Yamux;
using Relay.Multiformats;

namespace Relay.Libp2p.Tests.Scripting;

/// <summary>A peer with a proper connection that speaks no protocol by itself: every byte on its streams is the test's.</summary>
internal sealed class BarePeer : IAsyncDisposable
{
    private static readonly TcpTransport Tcp = new(InTimeExtensions.Bound, TimeProvider.System);

    private readonly Channel<YamuxStream> _inbound = Channel.CreateUnbounded<YamuxStream>();
    private readonly List<YamuxStream> _streams = [];

    private BarePeer(IdentityKey identity, Connection connection)
    {
        Identity = identity;
        Connection = connection;
        connection.Start(stream =>
        {
            Keep(stream);
            _inbound.Writer.TryWrite(stream);
        });
    }

    public IdentityKey Identity { get; }

    public PeerId PeerId => Identity.PeerId;

    /// <summary>This end.</summary>
    public Connection Connection { get; }

    /// <summary>Dials the node.</summary>
    public static async Task<BarePeer> DialAsync(Libp2pNode node, IdentityKey? identity = null) =>
        await UpgradeAsync(await Tcp.DialAsync(node.ListenAddresses[0], CancellationToken.None).InTime(), isInitiator: true, identity ?? IdentityKey.Generate());

    /// <summary>Is dialed by the node.</summary>
    public static async Task<(BarePeer Peer, Connection NodesEnd)> DialedByAsync(Libp2pNode node)
    {
        await using ITransportListener listener = await Tcp.ListenAsync(NodeUnderTest.Loopback, CancellationToken.None);
        Task<Connection> dialing = node.DialAsync(listener.Addresses[0]);
        RawConnection raw = (await listener.AcceptAsync(CancellationToken.None).InTime())!;
        BarePeer peer = await UpgradeAsync(raw, isInitiator: false, IdentityKey.Generate());
        return (peer, await dialing.InTime());
    }

    public YamuxStream Open() => Keep(Connection.OpenStream());

    /// <summary>Opens a stream and negotiates <paramref name="protocol"/>.</summary>
    public async Task<YamuxStream> OpenAsync(string protocol)
    {
        YamuxStream stream = Open();
        await stream.ProposeAsync(protocol);
        return stream;
    }

    /// <summary>The next stream the node opens, which must propose <paramref name="protocol"/>; it is agreed to.</summary>
    public async Task<YamuxStream> AcceptAsync(string protocol)
    {
        YamuxStream stream = await _inbound.Reader.ReadAsync().InTime();
        Assert.That(await stream.TakeProposalAsync(), Is.EqualTo(protocol));
        return stream;
    }

    /// <summary>The next stream the node opens, whatever it proposes; that is agreed to.</summary>
    public async Task<(YamuxStream Stream, string Protocol)> AcceptAnyAsync()
    {
        YamuxStream stream = await _inbound.Reader.ReadAsync().InTime();
        return (stream, await stream.TakeProposalAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await Connection.CloseAsync().InTime();
        lock (_streams)
            _streams.ForEach(s => s.Dispose());
    }

    private static async Task<BarePeer> UpgradeAsync(RawConnection raw, bool isInitiator, IdentityKey identity)
    {
        var upgrader = new Upgrader(
            new NoiseIdentity(identity, [YamuxProtocol.Id]), new Libp2pOptions(), new BufferPool(), new MemoryBudget(0), TimeProvider.System);
        return new BarePeer(identity, await upgrader.UpgradeAsync(raw, isInitiator, null, CancellationToken.None).InTime());
    }

    private YamuxStream Keep(YamuxStream stream)
    {
        lock (_streams)
            _streams.Add(stream);
        return stream;
    }
}
