using System.Net.Sockets;
using Relay.Libp2p.Identify;
using Relay.Libp2p.Ping;
using Relay.Libp2p.Tests.Scripting;
using Relay.Libp2p.Yamux;

namespace Relay.Libp2p.Tests.Hostile;

/// <summary>Connections, streams and bytes by the thousand, over real sockets: what the node holds stays within its caps, and good clients are served.</summary>
[CancelAfter(240_000)]
public class FloodTests
{
    private const string Echo = "/test/echo";

    private static Task<NodeUnderTest> StartAsync(Libp2pOptions? options = null, ManualTimeProvider? time = null) =>
        NodeUnderTest.StartAsync(options, time, node => node.Handle(Echo, async stream =>
        {
            await stream.CopyToAsync(stream);
            await stream.CloseWriteAsync();
        }));

    // A good client's way through everything: connection, stream, bytes there and back.
    private static async Task EchoesAsync(NodeUnderTest node, Libp2pNode client, int length = 100_000)
    {
        Connection connection = await client.DialAsync(node.Address).InTime();
        await using MuxedStream stream = await client.OpenStreamAsync(connection, Echo).InTime();
        byte[] sent = new byte[length];
        new Random(length).NextBytes(sent);
        Task writing = Task.Run(async () =>
        {
            await stream.WriteAsync(sent);
            await stream.CloseWriteAsync();
        });
        Assert.That(await stream.ReadAllAsync(), Is.EqualTo(sent));
        await writing.InTime();
    }

    [Test]
    public async Task Thousands_of_connections_that_stall_hold_their_share_of_places_and_keep_nobody_out()
    {
        const int Flood = 2000;
        await using NodeUnderTest node = await StartAsync(time: new ManualTimeProvider());
        await using NodeUnderTest connected = await NodeUnderTest.StartAsync();
        await EchoesAsync(node, connected.Node);

        List<NetworkStream> hostile = [];
        for (int i = 0; i < Flood; i++)
        {
            hostile.Add(await RawDialer.ConnectAsync(node.Node));
            Assert.That(node.Node.Counts.PendingHandshakes, Is.LessThanOrEqualTo(node.Options.MaxPendingHandshakes));
            if (i % 200 == 150)
                await node.ServesAsync();
        }

        await EchoesAsync(node, connected.Node);
        await Eventually.EqualsAsync(node.Options.MaxPendingHandshakes, () => node.Node.Counts.PendingHandshakes, "handshakes that stall");
        foreach (NetworkStream older in hostile.Take(Flood - node.Options.MaxPendingHandshakes))
            await older.ExpectClosedAsync();

        foreach (NetworkStream stream in hostile)
            await stream.DisposeAsync();
        await connected.Node.StopAsync();
        await node.RestAsync();
        await node.ServesAsync();
    }

    [Test]
    public async Task Thousands_of_connections_that_are_whole_are_closed_beyond_the_cap()
    {
        const int Cap = 40;
        await using NodeUnderTest node = await StartAsync(new Libp2pOptions { MaxConnections = Cap });
        await using NodeUnderTest connected = await NodeUnderTest.StartAsync();
        await EchoesAsync(node, connected.Node);
        var identity = ScriptedIdentity.Create();
        List<SecuredPeer> hostile = [];
        while (hostile.Count < Cap - 1)
            hostile.Add(await RawDialer.ConnectSecuredAsync(node.Node, identity));
        await Eventually.EqualsAsync(Cap, () => node.Node.Counts.Connections, "connections: as many as there may be");

        for (int i = 0; i < 1000; i++)
        {
            await using NetworkStream refused = await RawDialer.ConnectAsync(node.Node);
            await refused.ExpectClosedAsync();
        }

        Assert.That(node.Node.Counts.Connections, Is.EqualTo(Cap));
        await EchoesAsync(node, connected.Node);

        await hostile[0].DisposeAsync();
        await Eventually.EqualsAsync(Cap - 1, () => node.Node.Counts.Connections, "connections");
        await node.ServesAsync();
        foreach (SecuredPeer peer in hostile)
            await peer.DisposeAsync();
        await connected.Node.StopAsync();
        await node.RestAsync();
    }

    [Test]
    public async Task Thousands_of_streams_are_reset_beyond_the_cap()
    {
        await using NodeUnderTest node = await StartAsync();
        await using SecuredPeer peer = await RawDialer.ConnectSecuredAsync(node.Node);
        int max = node.Options.MaxStreamsPerConnection;
        byte[] lazy = MultistreamScript.Encode(MultistreamScript.Header, Echo);
        int refused = 0;
        for (uint i = 0; i < 5000; i += 100)
        {
            await peer.SendAsync([.. Enumerable.Range(0, 100).Select(j => RawFrame.Data(2 * (i + (uint)j) + 1, lazy, RawFrame.Syn)), RawFrame.Ping(i)]);
            await peer.ReceiveAsync(frame =>
            {
                refused += frame.StreamId % 2 == 1 && frame.Has(RawFrame.Rst) ? 1 : 0;
                return frame.Type == 2 && frame.Has(RawFrame.Ack) && frame.Length == i;
            });
        }

        refused += await CountAsync(peer, frame => frame.StreamId % 2 == 1 && frame.Has(RawFrame.Rst), 5000 - max - refused);
        Assert.That(refused, Is.EqualTo(5000 - max));
        Assert.That(node.Node.Counts.Streams, Is.InRange(max, max + 1), "theirs, and the node's own identify");
        await node.ServesAsync();
        await peer.DisposeAsync();
        await node.RestAsync();
        await node.ServesAsync();
    }

    [Test]
    public async Task Thousands_of_streams_in_one_breath_end_the_connection_or_are_reset()
    {
        await using NodeUnderTest node = await StartAsync();
        await using SecuredPeer peer = await RawDialer.ConnectSecuredAsync(node.Node);
        byte[] all = [.. Enumerable.Range(0, 20_000).SelectMany(i => RawFrame.Window((uint)(2 * i + 1), 0, RawFrame.Syn).ToBytes())];
        Task<List<RawFrame>> reading = peer.ReceiveToEndAsync();
        try
        {
            await peer.SendBytesAsync(all);
        }
        catch (IOException)
        {
            // Cut off in the middle of it.
        }

        Assert.That(node.Node.Counts.Streams, Is.LessThanOrEqualTo(node.Options.MaxStreamsPerConnection + 1));
        await node.ServesAsync();
        peer.Stream.Close();
        await reading.InTime();
        await node.RestAsync();
    }

    [Test]
    public async Task Streams_opened_and_reset_by_the_thousand_cost_nothing_that_stays()
    {
        await using NodeUnderTest node = await StartAsync();
        await using SecuredPeer peer = await RawDialer.ConnectSecuredAsync(node.Node);
        Task reading = peer.ReceiveToEndAsync();
        for (uint i = 0; i < 5000; i += 50)
        {
            await peer.SendAsync([.. Enumerable.Range(0, 50).SelectMany(j =>
            {
                uint id = 2 * (i + (uint)j) + 1;
                return new[] { RawFrame.Window(id, 0, RawFrame.Syn), RawFrame.Window(id, 0, RawFrame.Rst) };
            })]);
        }

        await Eventually.TrueAsync(() => node.Node.Counts.Streams <= 1, "streams at rest");
        await node.ServesAsync();
        peer.Stream.Close();
        await reading.InTime();
        await node.RestAsync();
    }

    [Test]
    public async Task A_peer_that_never_reads_is_given_up_and_holds_little_until_then()
    {
        var time = new ManualTimeProvider();
        await using NodeUnderTest node = await StartAsync(time: time);
        await using SecuredPeer peer = await RawDialer.ConnectSecuredAsync(node.Node);
        byte[] lazy = [.. MultistreamScript.Encode(MultistreamScript.Header, Echo), .. new byte[200_000]];
        for (uint id = 1; id < 200; id += 2)
            await peer.SendAsync(RawFrame.Window(id, 10_000_000, RawFrame.Syn), RawFrame.Data(id, lazy));
        await Eventually.TrueAsync(() => node.Node.Counts.UnreadBytes > 0, "bytes nobody reads: the echo is blocked");

        await node.ServesAsync();
        Assert.That(node.Node.Counts.UnreadBytes, Is.LessThanOrEqualTo(100 * YamuxProtocol.InitialWindow), "no more than the windows");
        for (int i = 0; i < 4; i++)
            time.Advance(TimeSpan.FromSeconds(15));

        await Eventually.EqualsAsync(0, () => node.Node.Counts.Connections, "connections");
        await node.RestAsync();
        await node.ServesAsync();
    }

    [Test]
    public async Task A_peer_that_says_nothing_any_more_is_given_up()
    {
        var time = new ManualTimeProvider();
        await using NodeUnderTest node = await StartAsync(time: time);
        await using SecuredPeer peer = await RawDialer.ConnectSecuredAsync(node.Node);
        await Eventually.EqualsAsync(1, () => node.Node.Counts.Connections, "connections");
        for (int i = 0; i < 5; i++)
            time.Advance(TimeSpan.FromSeconds(15));
        await peer.ReceiveToEndAsync();
        await node.RestAsync();
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_peer_that_fills_every_window_leaves_room_for_others(bool isSetWhileItRuns)
    {
        const int MaxUnread = 4 << 20;
        var options = new Libp2pOptions { MaxUnreadBytes = isSetWhileItRuns ? 64 << 20 : MaxUnread };
        var mayRead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using NodeUnderTest node = await StartAsync(options);
        node.Node.Handle("/test/deaf", _ => mayRead.Task);
        await using SecuredPeer hog = await RawDialer.ConnectSecuredAsync(node.Node);
        node.Node.MaxUnreadBytes = MaxUnread;
        byte[] lazy = MultistreamScript.Encode(MultistreamScript.Header, "/test/deaf");
        Task<int> resets = CountAsync(hog, frame => frame.StreamId % 2 == 1 && frame.Has(RawFrame.Rst), 8);
        for (uint id = 1; id < 32; id += 2)
            await hog.SendAsync(RawFrame.Data(id, lazy, RawFrame.Syn), RawFrame.Data(id, new byte[YamuxProtocol.InitialWindow - lazy.Length]));

        Assert.That(await resets.InTime(), Is.EqualTo(8), "those of 16 windows that are more than half of what the node may hold");
        Assert.That(node.Node.Counts.UnreadBytes, Is.LessThanOrEqualTo(MaxUnread / 2));
        await using NodeUnderTest good = await NodeUnderTest.StartAsync();
        await EchoesAsync(node, good.Node, 1 << 20);

        mayRead.SetResult();
        await hog.DisposeAsync();
        await good.Node.StopAsync();
        await node.RestAsync();
    }

    [TestCase(IdentifyProtocol.PushId)]
    [TestCase(PingProtocol.Id)]
    public async Task More_streams_of_a_service_at_a_time_than_anybody_needs_are_reset(string protocol)
    {
        const int Max = Libp2pNode.MaxServiceStreams;
        await using NodeUnderTest node = await StartAsync(time: new ManualTimeProvider());
        await using SecuredPeer peer = await RawDialer.ConnectSecuredAsync(node.Node);

        await peer.SendAsync([.. Enumerable.Range(0, Max + 3).SelectMany(i => Open((uint)(2 * i + 1), protocol))]);
        Assert.That(await CountAsync(peer, frame => frame.StreamId % 2 == 1 && frame.Has(RawFrame.Rst), 3).InTime(), Is.EqualTo(3));
        await Eventually.TrueAsync(() => node.Node.Counts.Streams is Max or Max + 1, "streams: those served, and perhaps the node's own identify");
        await node.ServesAsync();
        await peer.DisposeAsync();
        await node.RestAsync();
    }

    private static IEnumerable<RawFrame> Open(uint id, string protocol) =>
        [RawFrame.Data(id, MultistreamScript.Encode(MultistreamScript.Header, protocol), RawFrame.Syn)];

    // Reads until that many have come.
    private static async Task<int> CountAsync(SecuredPeer peer, Func<RawFrame, bool> isCounted, int expected)
    {
        int count = 0;
        for (; count < expected; count++)
            await peer.ReceiveAsync(isCounted);
        return count;
    }
}
