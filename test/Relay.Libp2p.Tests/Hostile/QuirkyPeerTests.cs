using System.Net.Sockets;
using System.Text;
using Relay.Libp2p.Identify;
using Relay.Libp2p.Ping;
using Relay.Libp2p.Tests.Scripting;
using Relay.TestKit.Wire;

namespace Relay.Libp2p.Tests.Hostile;

/// <summary>What other stacks send that is not hostile at all, only not what ours would: go-libp2p's, js-libp2p's and Nethermind's ways, byte by byte.</summary>
[CancelAfter(60_000)]
public class QuirkyPeerTests
{
    private const string Echo = "/test/echo";

    private NodeUnderTest _node = null!;

    [SetUp]
    public async Task StartAsync() => _node = await NodeUnderTest.StartAsync(prepare: node => node.Handle(Echo, async stream =>
    {
        await stream.CopyToAsync(stream);
        await stream.CloseWriteAsync();
    }));

    [TearDown]
    public async Task StopAsync()
    {
        await _node.ServesAsync();
        await _node.RestAsync();
        await _node.DisposeAsync();
    }

    // What is on a stream from the node, up to its FIN.
    private static async Task<byte[]> ReadStreamAsync(SecuredPeer peer, uint id)
    {
        using var bytes = new MemoryStream();
        while (true)
        {
            RawFrame frame = await peer.ReceiveAsync(f => f.StreamId == id);
            Assert.That(frame.Has(RawFrame.Rst), Is.False, "reset");
            bytes.Write(frame.Body);
            if (frame.Has(RawFrame.Fin))
                return bytes.ToArray();
        }
    }

    private static byte[] Answer(byte[] body) => [.. MultistreamScript.Encode(MultistreamScript.Header, Echo), .. body];

    [Test]
    public async Task Go_asks_for_tls_first_and_takes_noise_when_told_na()
    {
        await using NetworkStream stream = await RawDialer.ConnectAsync(_node.Node);
        await stream.SayAsync(MultistreamScript.Header, "/tls/1.0.0");
        Assert.That((await stream.HearAsync(), await stream.HearAsync()), Is.EqualTo((MultistreamScript.Header, "na")));
        await stream.SayAsync("/noise");
        Assert.That(await stream.HearAsync(), Is.EqualTo("/noise"));
        await using SecuredPeer peer = await new NoiseScript(stream, isInitiator: true) { Muxers = ["/mplex/6.7.0", "/yamux/1.0.0"] }.RunAsync();
        await peer.SendAsync(RawFrame.Ping(1));
        await peer.ReceiveAsync(frame => frame.Type == 2 && frame.Has(RawFrame.Ack) && frame.Length == 1);
    }

    [Test]
    public async Task Go_opens_streams_lazily_with_everything_and_the_end_in_one_frame()
    {
        await using SecuredPeer peer = await RawDialer.ConnectSecuredAsync(_node.Node);
        byte[] body = Encoding.UTF8.GetBytes("what the protocol has to say");
        await peer.SendAsync(RawFrame.Data(1, [.. MultistreamScript.Encode(MultistreamScript.Header, Echo), .. body], RawFrame.Syn | RawFrame.Fin));
        Assert.That(await ReadStreamAsync(peer, 1), Is.EqualTo(Answer(body)));
    }

    [Test]
    public async Task A_peer_without_an_early_list_agrees_on_its_muxer_afterwards()
    {
        await using NetworkStream stream = await RawDialer.ConnectToNoiseAsync(_node.Node);
        await using SecuredPeer peer = await new NoiseScript(stream, isInitiator: true) { Muxers = null }.RunAsync();
        await peer.SendBytesAsync(MultistreamScript.Encode(MultistreamScript.Header, "/mplex/6.7.0", "/yamux/1.0.0"));
        byte[] expected = MultistreamScript.Encode(MultistreamScript.Header, "na", "/yamux/1.0.0");
        Assert.That(await peer.ReceiveBytesAsync(expected.Length), Is.EqualTo(expected));
        await peer.SendAsync(RawFrame.Data(1, Answer([7]), RawFrame.Syn | RawFrame.Fin));
        Assert.That(await ReadStreamAsync(peer, 1), Is.EqualTo(Answer([7])));
    }

    [Test]
    public async Task Nethermind_writes_everything_in_pieces()
    {
        // Each byte a packet of its own up to Noise, each byte a Noise message of its own after it.
        await using NetworkStream stream = await RawDialer.ConnectAsync(_node.Node);
        foreach (byte one in MultistreamScript.Encode(MultistreamScript.Header, "/noise"))
            await stream.WriteAsync((byte[])[one]).InTime();
        Assert.That((await stream.HearAsync(), await stream.HearAsync()), Is.EqualTo((MultistreamScript.Header, "/noise")));
        await using SecuredPeer peer = await new NoiseScript(new ByteByByte(stream), isInitiator: true).RunAsync();
        foreach (byte one in RawFrame.Data(1, Answer([1, 2, 3]), RawFrame.Syn).ToBytes().Concat(RawFrame.Data(1, [], RawFrame.Fin).ToBytes()))
            await peer.SendBytesAsync([one]);
        Assert.That(await ReadStreamAsync(peer, 1), Is.EqualTo(Answer([1, 2, 3])));
    }

    [Test]
    public async Task A_peer_that_ends_its_stream_before_it_has_asked_for_anything_ends_it()
    {
        await using SecuredPeer peer = await RawDialer.ConnectSecuredAsync(_node.Node);
        await peer.SendAsync(RawFrame.Window(1, 0, RawFrame.Syn), RawFrame.Window(1, 0, RawFrame.Fin), RawFrame.Ping(5));
        await peer.ReceiveAsync(frame => frame.Type == 2 && frame.Has(RawFrame.Ack) && frame.Length == 5);
        await peer.SendAsync(RawFrame.Data(3, MultistreamScript.Encode(MultistreamScript.Header), RawFrame.Syn | RawFrame.Fin));
        await peer.ReceiveAsync(frame => frame.StreamId == 3 && (frame.Has(RawFrame.Rst) || frame.Has(RawFrame.Fin)));
        await Eventually.TrueAsync(() => _node.Node.Counts.Streams <= 1, "streams: the node's own identify at most");
    }

    [Test]
    public async Task Frames_that_come_late_for_streams_that_are_gone_do_no_harm()
    {
        await using SecuredPeer peer = await RawDialer.ConnectSecuredAsync(_node.Node);
        await peer.SendAsync(RawFrame.Data(1, Answer([1]), RawFrame.Syn | RawFrame.Fin));
        await ReadStreamAsync(peer, 1);
        await peer.SendAsync(
            RawFrame.Window(1, 100_000), RawFrame.Data(1, [9, 9]), RawFrame.Window(1, 0, RawFrame.Fin), RawFrame.Window(1, 0, RawFrame.Rst),
            RawFrame.Window(98, 1, RawFrame.Ack), RawFrame.Data(3, Answer([3]), RawFrame.Syn | RawFrame.Fin));
        Assert.That(await ReadStreamAsync(peer, 3), Is.EqualTo(Answer([3])));
    }

    [Test]
    public async Task A_peer_that_asks_for_the_list_gets_it_and_goes_on()
    {
        await using SecuredPeer peer = await RawDialer.ConnectSecuredAsync(_node.Node);
        await peer.SendAsync(RawFrame.Data(1, [.. MultistreamScript.Encode(MultistreamScript.Header, "ls", Echo), 5], RawFrame.Syn | RawFrame.Fin));
        string all = Encoding.UTF8.GetString(await ReadStreamAsync(peer, 1));
        foreach (string protocol in new[] { IdentifyProtocol.Id, IdentifyProtocol.PushId, PingProtocol.Id, Echo })
            Assert.That(all, Does.Contain($"{protocol}\n"));
        Assert.That(all, Does.EndWith($"{Echo}\n\u0005"));
    }

    [Test]
    public async Task A_window_granted_in_driblets_is_used_in_driblets()
    {
        await using SecuredPeer peer = await RawDialer.ConnectSecuredAsync(_node.Node);
        byte[] body = new byte[300_000]; // more than the first window
        new Random(1).NextBytes(body);
        byte[] lazy = Answer(body);
        await peer.SendAsync(RawFrame.Data(1, lazy[..200_000], RawFrame.Syn));
        using var received = new MemoryStream();
        int sent = 200_000;
        while (received.Length < lazy.Length)
        {
            RawFrame frame = await peer.ReceiveAsync(f => f.StreamId == 1);
            received.Write(frame.Body);
            if (frame.Body.Length > 0)
                await peer.SendAsync(RawFrame.Window(1, (uint)frame.Body.Length));
            if (frame.Type == 1 && frame.Length > 0 && sent < lazy.Length)
            {
                await peer.SendAsync(RawFrame.Data(1, lazy[sent..], RawFrame.Fin));
                sent = lazy.Length;
            }
        }

        Assert.That(received.ToArray(), Is.EqualTo(lazy));
    }

    [Test]
    public async Task A_peer_that_does_not_answer_pings_and_is_heard_otherwise_stays()
    {
        var time = new ManualTimeProvider();
        await using NodeUnderTest node = await NodeUnderTest.StartAsync(time: time);
        await using SecuredPeer peer = await RawDialer.ConnectSecuredAsync(node.Node);
        await Eventually.EqualsAsync(1, () => node.Node.Counts.Connections, "connections: the handshake, which has a deadline of its own, is over");
        for (uint i = 0; i < 20; i++)
        {
            time.Advance(TimeSpan.FromSeconds(20));
            await peer.SendAsync(RawFrame.Data(2 * i + 1, MultistreamScript.Encode(MultistreamScript.Header, "/nobody/1"), RawFrame.Syn | RawFrame.Fin));
            await peer.ReceiveAsync(frame => frame.StreamId == 2 * i + 1 && frame.Type == 0);
        }

        Assert.That(node.Node.Counts.Connections, Is.EqualTo(1));
    }

    [Test]
    public async Task An_identify_answer_in_several_messages_and_many_frames_is_one()
    {
        await using SecuredPeer peer = await RawDialer.ConnectSecuredAsync(_node.Node);
        await peer.ReceiveAsync(frame => frame.StreamId == 2 && frame.Type == 0);
        byte[] answer =
        [
            .. MultistreamScript.Encode(MultistreamScript.Header, IdentifyProtocol.Id),
            .. new RawMessage().With(3, "/a/1"u8.ToArray()).ToFrame(), .. new RawMessage().With(3, "/b/1"u8.ToArray()).ToFrame(),
        ];
        foreach (byte one in answer)
            await peer.SendAsync(RawFrame.Data(2, [one]));
        await peer.SendAsync(RawFrame.Window(2, 0, RawFrame.Fin));
        await Eventually.TrueAsync(
            () => _node.Node.Connections.Any(c => c.RemoteIdentity is { } known && known.Protocols.SequenceEqual(["/a/1", "/b/1"])), "both protocols");
    }

    // Passes what is written on one byte at a time.
    private sealed class ByteByByte(Stream stream) : DuplexStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => stream.ReadAsync(buffer, cancellationToken);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            for (int i = 0; i < buffer.Length; i++)
                await stream.WriteAsync(buffer.Slice(i, 1), cancellationToken);
        }

        public override ValueTask CloseWriteAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public override void Reset() => stream.Dispose();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                stream.Dispose();
            base.Dispose(disposing);
        }
    }
}
