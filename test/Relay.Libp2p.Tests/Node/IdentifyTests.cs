using System.Text;
using Relay.Libp2p.Identify;
using Relay.Libp2p.Ping;
using Relay.Libp2p.Tests.Scripting;
using Relay.Libp2p.Yamux;
using Relay.Multiformats;
using Relay.TestKit.Wire;

namespace Relay.Libp2p.Tests.Node;

/// <summary>What a node says of itself, and what it makes of what others say: field by field, and up to every bound.</summary>
[CancelAfter(120_000)]
public class IdentifyTests
{
    private static readonly byte[] Somewhere = [4, 192, 0, 2, 1, 6, 0x0f, 0xa1]; // /ip4/192.0.2.1/tcp/4001

    private ManualTimeProvider _time = null!;
    private NodeUnderTest _node = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _time = new ManualTimeProvider();
        _node = await NodeUnderTest.StartAsync(time: _time);
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _node.ServesAsync();
        await _node.RestAsync();
        await _node.DisposeAsync();
    }

    // The whole of what a peer may say, but for what a test says itself.
    private static RawMessage Describe(BarePeer peer, params string[] protocols)
    {
        RawMessage message = new RawMessage().With(1, peer.Identity.PublicKey.ToProtobuf()).With(2, Somewhere).With(4, Somewhere).With(6, "agent/1"u8.ToArray());
        foreach (string protocol in protocols)
            message.With(3, Encoding.UTF8.GetBytes(protocol));
        return message;
    }

    private Connection NodesEnd => _node.Node.Connections.Single();

    private Task KnowsAsync(params string[] protocols) =>
        Eventually.TrueAsync(() => NodesEnd.RemoteIdentity is { } known && known.Protocols.SequenceEqual(protocols), $"the protocols {string.Join(' ', protocols)}");

    private static async Task AnswerAsync(BarePeer peer, params byte[][] messages)
    {
        YamuxStream asked = await peer.AcceptAsync(IdentifyProtocol.Id);
        foreach (byte[] message in messages)
            await asked.WriteAsync(RawMessage.Frame(message)).InTime();
        await asked.CloseWriteAsync();
        Assert.That(await asked.ReadAllAsync(), Is.Empty);
    }

    [Test]
    public async Task It_says_who_it_is_and_closes()
    {
        _node.Node.Handle("/test/1", _ => Task.CompletedTask);
        await using BarePeer peer = await BarePeer.DialAsync(_node.Node);
        await using YamuxStream stream = await peer.OpenAsync(IdentifyProtocol.Id);
        byte[] all = await stream.ReadAllAsync(); // to the end: go waits for that
        RawMessage message = RawMessage.Parse(all.AsSpan(all[0] >= 0x80 ? 2 : 1));
        Assert.Multiple(() =>
        {
            Assert.That(PublicKey.FromProtobuf(message.Bytes(1)!).ToPeerId(), Is.EqualTo(_node.Node.PeerId));
            Assert.That(message.AllBytes(2), Is.EqualTo(new[] { _node.Address.WithoutPeerId()!.ToByteArray() }));
            Assert.That(message.AllBytes(3).Select(Encoding.UTF8.GetString), Is.EquivalentTo(new[] { "/ipfs/id/1.0.0", "/ipfs/id/push/1.0.0", "/ipfs/ping/1.0.0", "/test/1" }));
            Assert.That(message.Bytes(4), Is.EqualTo(peer.Connection.LocalAddress.ToByteArray()), "the address it sees the peer under");
            Assert.That(message.Bytes(5), Is.EqualTo("ipfs/0.1.0"u8.ToArray()));
            Assert.That(message.Bytes(6), Is.EqualTo(Encoding.UTF8.GetBytes(_node.Options.AgentVersion)));
            Assert.That(all, Has.Length.LessThanOrEqualTo(IdentifyProtocol.MaxMessageLength));
        });
    }

    [Test]
    public async Task It_asks_and_keeps_what_it_is_told()
    {
        await using BarePeer peer = await BarePeer.DialAsync(_node.Node);
        await AnswerAsync(peer, Describe(peer, "/a/1", "/b/1").ToBytes());
        await KnowsAsync("/a/1", "/b/1");
        PeerIdentity known = NodesEnd.RemoteIdentity!;
        Multiaddress somewhere = Multiaddress.FromBytes(Somewhere);
        Assert.That((known.AgentVersion, known.ListenAddresses.Single(), known.ObservedAddress), Is.EqualTo(("agent/1", somewhere, somewhere)));
    }

    [Test]
    public async Task Ten_messages_of_the_greatest_length_are_merged()
    {
        await using BarePeer peer = await BarePeer.DialAsync(_node.Node);
        RawMessage message = Describe(peer, "/a/1");
        byte[] longest = message.With(99, new byte[IdentifyProtocol.MaxMessageLength - message.ToBytes().Length - 4]).ToBytes(); // a field nobody knows
        Assert.That(longest, Has.Length.EqualTo(IdentifyProtocol.MaxMessageLength));
        await AnswerAsync(peer, [.. Enumerable.Repeat(longest, IdentifyProtocol.MaxMessages)]);
        await Eventually.TrueAsync(() => NodesEnd.RemoteIdentity is not null, "an identity");
        Assert.That(NodesEnd.RemoteIdentity!.ListenAddresses, Has.Count.EqualTo(IdentifyProtocol.MaxMessages));
    }

    [Test]
    public async Task What_is_kept_of_one_remote_is_bounded()
    {
        await using BarePeer peer = await BarePeer.DialAsync(_node.Node);
        RawMessage much = new RawMessage().With(6, new byte[1000]);
        for (int i = 0; i < 25; i++)
            much.With(3, Encoding.UTF8.GetBytes(new string('p', 250))).With(2, Somewhere);
        await AnswerAsync(peer, [.. Enumerable.Repeat(much.ToBytes(), 10)]);
        await Eventually.TrueAsync(() => NodesEnd.RemoteIdentity is not null, "an identity");
        PeerIdentity kept = NodesEnd.RemoteIdentity!;
        Assert.Multiple(() =>
        {
            Assert.That(kept.AgentVersion, Has.Length.EqualTo(256));
            Assert.That(kept.Protocols, Has.Count.EqualTo(8192 / 250));
            Assert.That(kept.ListenAddresses, Has.Count.EqualTo(128));
        });
    }

    [TestCase("a message one byte too long")]
    [TestCase("an eleventh message")]
    [TestCase("a length without end")]
    [TestCase("nothing at all")]
    [TestCase("another peer's key")]
    [TestCase("half a message")]
    public async Task What_is_no_answer_is_none_and_the_connection_goes_on(string how)
    {
        await using BarePeer peer = await BarePeer.DialAsync(_node.Node);
        YamuxStream asked = await peer.AcceptAsync(IdentifyProtocol.Id);
        byte[] good = Describe(peer, "/a/1").ToFrame();
        byte[] sent = how switch
        {
            "a message one byte too long" => [0x81, 0x40, .. new byte[8193]],
            "an eleventh message" => [.. Enumerable.Repeat(good, 11).SelectMany(bytes => bytes)],
            "a length without end" => [0xff, 0xff, 0xff, 0xff],
            "nothing at all" => [],
            "another peer's key" => new RawMessage().With(1, IdentityKey.Generate().PublicKey.ToProtobuf()).ToFrame(),
            _ => good[..^1],
        };
        try
        {
            await asked.WriteAsync(sent).InTime();
            await asked.CloseWriteAsync().InTime();
        }
        catch (StreamException)
        {
            // The node has had enough.
        }

        await asked.ExpectClosedAsync();
        await StaysUsableAsync(peer);
        Assert.That(NodesEnd.RemoteIdentity, Is.Null);
    }

    [TestCase("silence")]
    [TestCase("messages without end")]
    [TestCase("a byte now and then")]
    public async Task An_answer_that_does_not_end_is_waited_for_as_long_as_a_handshake(string how)
    {
        await using BarePeer peer = await BarePeer.DialAsync(_node.Node);
        YamuxStream asked = await peer.AcceptAsync(IdentifyProtocol.Id);
        await _time.TimerIsArmedAsync(_node.Options.HandshakeTimeout);
        byte[] good = Describe(peer, "/a/1").ToFrame();
        for (int i = 0; i < 9; i++)
        {
            if (how != "silence")
                await asked.WriteAsync(how == "messages without end" ? good : good[i..(i + 1)]).InTime();
            _time.Advance(_node.Options.HandshakeTimeout / 10);
        }

        await StaysUsableAsync(peer);
        Assert.That(NodesEnd.RemoteIdentity, Is.Null);
        Assert.That(peer.Connection.StreamCount, Is.EqualTo(1));
        _time.Advance(_node.Options.HandshakeTimeout / 10);
        await Eventually.EqualsAsync(0, () => peer.Connection.StreamCount, "streams: the node has reset the one it asked on");
        Assert.That(asked.WriteError(), Is.EqualTo(StreamError.Reset));
        await StaysUsableAsync(peer);
    }

    [Test]
    public async Task A_peer_that_does_not_speak_identify_is_served_all_the_same()
    {
        await using SecuredPeer peer = await RawDialer.ConnectSecuredAsync(_node.Node);
        await peer.ReceiveAsync(frame => frame.StreamId == 2 && frame.Type == 0);
        await peer.SendAsync(
            RawFrame.Data(2, MultistreamScript.Encode(MultistreamScript.Header, "na")),
            RawFrame.Data(1, [.. MultistreamScript.Encode(MultistreamScript.Header, PingProtocol.Id), .. new byte[32]], RawFrame.Syn | RawFrame.Fin));
        RawFrame end = await peer.ReceiveAsync(frame => frame.StreamId == 1 && (frame.Has(RawFrame.Fin) || frame.Has(RawFrame.Rst)));
        Assert.That(end.Has(RawFrame.Fin), "the ping is answered and the stream closed in order");
    }

    [Test]
    public async Task A_push_is_taken_and_what_it_leaves_out_stays()
    {
        await using BarePeer peer = await BarePeer.DialAsync(_node.Node);
        await AnswerAsync(peer, Describe(peer, "/a/1").ToBytes());
        await KnowsAsync("/a/1");

        await PushAsync(peer, new RawMessage().With(3, "/b/1"u8.ToArray()));
        await KnowsAsync("/b/1");
        Assert.That(NodesEnd.RemoteIdentity!.AgentVersion, Is.EqualTo("agent/1"));
        Assert.That(NodesEnd.RemoteIdentity.ListenAddresses, Has.Count.EqualTo(1));

        await PushAsync(peer, new RawMessage().With(6, "agent/2"u8.ToArray()));
        await Eventually.TrueAsync(() => NodesEnd.RemoteIdentity.AgentVersion == "agent/2", "the new agent");
        await KnowsAsync("/b/1");
        Assert.That(NodesEnd.RemoteIdentity.ObservedAddress, Is.EqualTo(Multiaddress.FromBytes(Somewhere)));
    }

    [Test]
    public async Task Pushes_by_the_thousand_are_taken_one_after_another()
    {
        await using BarePeer peer = await BarePeer.DialAsync(_node.Node);
        for (int i = 0; i < 1000; i++)
            await PushAsync(peer, Describe(peer, $"/a/{i}"));
        await KnowsAsync("/a/999");
        Assert.That(_node.Node.Counts.Streams, Is.LessThan(1 + Libp2pNode.MaxServiceStreams));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_change_of_its_protocols_is_pushed_to_who_listens(bool listens)
    {
        await using BarePeer peer = await BarePeer.DialAsync(_node.Node);
        await AnswerAsync(peer, Describe(peer, listens ? IdentifyProtocol.PushId : "/a/1").ToBytes());
        await Eventually.TrueAsync(() => NodesEnd.RemoteIdentity is not null, "an identity");

        IDisposable registration = _node.Node.Handle("/new/1", _ => Task.CompletedTask);
        if (!listens)
        {
            await StaysUsableAsync(peer);
            await Eventually.EqualsAsync(0, () => NodesEnd.StreamCount, "streams: nothing is pushed");
            return;
        }

        Assert.That(await ReadPushAsync(peer), Does.Contain("/new/1"));
        registration.Dispose();
        Assert.That(await ReadPushAsync(peer), Does.Not.Contain("/new/1"));
    }

    private static async Task<IReadOnlyList<string>> ReadPushAsync(BarePeer peer)
    {
        YamuxStream stream = await peer.AcceptAsync(IdentifyProtocol.PushId);
        byte[] all = await stream.ReadAllAsync();
        await stream.CloseWriteAsync();
        return [.. RawMessage.Parse(all.AsSpan(all[0] >= 0x80 ? 2 : 1)).AllBytes(3).Select(Encoding.UTF8.GetString)];
    }

    private static async Task PushAsync(BarePeer peer, RawMessage message)
    {
        await using YamuxStream stream = await peer.OpenAsync(IdentifyProtocol.PushId);
        await stream.WriteAsync(message.ToFrame()).InTime();
        await stream.CloseWriteAsync();
        Assert.That(await stream.ReadAllAsync(), Is.Empty);
    }

    private static async Task StaysUsableAsync(BarePeer peer)
    {
        await using YamuxStream stream = await peer.OpenAsync(PingProtocol.Id);
        await stream.WriteAsync(new byte[32]).InTime();
        Assert.That(await stream.ReadBytesAsync(32), Is.EqualTo(new byte[32]));
        await stream.CloseWriteAsync();
        Assert.That(await stream.ReadAllAsync(), Is.Empty);
    }
}
