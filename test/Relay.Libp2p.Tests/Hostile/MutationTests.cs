using System.Net.Sockets;
using Relay.Libp2p.Identify;
using Relay.Libp2p.Ping;
using Relay.Libp2p.Tests.Scripting;
using Relay.Libp2p.Yamux;
using Relay.TestKit.Wire;

namespace Relay.Libp2p.Tests.Hostile;

/// <summary>
/// A good client's bytes, damaged in the same way in every run, against a running node over real sockets, layer by layer: each layer below the damaged one is
/// in order, so that the damage arrives where it is meant to. Whatever comes of it, the node ends with nothing held, nothing failed, and good clients served.
/// </summary>
[CancelAfter(240_000)]
public class MutationTests
{
    private static readonly byte[] Hello = MultistreamScript.Encode(MultistreamScript.Header, "/noise");

    private NodeUnderTest _node = null!;

    [SetUp]
    public async Task StartAsync() => _node = await NodeUnderTest.StartAsync();

    [TearDown]
    public async Task StopAsync()
    {
        await _node.ServesAsync();
        await _node.RestAsync();
        await _node.DisposeAsync();
    }

    private static byte[] Message(string protocol) => MultistreamScript.Encode(MultistreamScript.Header, protocol);

    private static RawMessage Identity(IReadOnlyList<string> protocols)
    {
        RawMessage message = new RawMessage().With(1, ScriptedIdentity.Create().PublicKey).With(2, [4, 127, 0, 0, 1, 6, 1, 2]).With(4, [4, 127, 0, 0, 1, 6, 1, 2])
            .With(5, "ipfs/0.1.0"u8.ToArray()).With(6, "agent/1"u8.ToArray());
        foreach (string protocol in protocols)
            message.With(3, System.Text.Encoding.UTF8.GetBytes(protocol));
        return message;
    }

    // What the peer does while the node does as it likes; the end of the connection is an end.
    private static async Task TryAsync(Func<Task> play)
    {
        try
        {
            await play();
        }
        catch (IOException)
        {
            // The node has had enough.
        }
    }

    [Test]
    public async Task Of_the_first_bytes_of_a_connection([Values(1, 2)] int seed)
    {
        byte[] noise = NoiseScript.Frame(new ReferenceNoise(isInitiator: true).Write([]));
        foreach (byte[] bytes in Mutations.Of([Hello, [.. Hello, .. noise]], seed, 250))
        {
            await using NetworkStream stream = await RawDialer.ConnectAsync(_node.Node);
            await TryAsync(() => stream.WriteAsync(bytes).InTime());
            stream.Socket.Shutdown(SocketShutdown.Send);
            await stream.ExpectClosedAsync();
        }
    }

    [Test]
    public async Task Of_the_last_message_of_the_Noise_handshake()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            await using NetworkStream stream = await RawDialer.ConnectToNoiseAsync(_node.Node);
            var script = new NoiseScript(stream, isInitiator: true)
            {
                Spoil = (n, message) => n == 3 ? Mutations.Of([message], seed, 1).Single() : message,
            };
            await TryAsync(() => script.RunAsync());
            stream.Socket.Shutdown(SocketShutdown.Send);
            await stream.ExpectClosedAsync();
        }
    }

    [Test]
    public async Task Of_a_payload_of_the_Noise_handshake()
    {
        for (int seed = 0; seed < 150; seed++)
        {
            await using NetworkStream stream = await RawDialer.ConnectToNoiseAsync(_node.Node);
            ScriptedIdentity identity = ScriptedIdentity.Create();
            var script = new NoiseScript(stream, isInitiator: true, identity)
            {
                Payload = key => Mutations.Of([identity.NoisePayload(key, "/yamux/1.0.0").ToBytes()], seed, 1).Single(),
            };
            await TryAsync(() => script.RunAsync());
            stream.Socket.Shutdown(SocketShutdown.Send);
            await stream.ExpectClosedAsync();
        }
    }

    [Test]
    public async Task Of_sealed_messages([Values(4, 5)] int seed)
    {
        for (int i = 0; i < 60; i++)
        {
            await using SecuredPeer peer = await RawDialer.ConnectSecuredAsync(_node.Node);
            byte[] good = [.. peer.Seal(Frames()[0]), .. peer.Seal(Frames()[1]), .. peer.Seal(Frames()[2])];
            byte[] bytes = Mutations.Of([good], (1000 * seed) + i, 1).Single();
            await TryAsync(() => peer.Stream.WriteAsync(bytes).InTime());
            ((NetworkStream)peer.Stream).Socket.Shutdown(SocketShutdown.Send);
            await peer.Stream.ExpectClosedAsync();
        }
    }

    [Test]
    public async Task Of_yamux_frames([Values(6, 7, 8)] int seed)
    {
        byte[] all = [.. Frames().SelectMany(bytes => bytes)];
        foreach (byte[] bytes in Mutations.Of([all, .. Frames()], seed, 150))
        {
            await using SecuredPeer peer = await RawDialer.ConnectSecuredAsync(_node.Node);
            await TryAsync(() => peer.SendBytesAsync(bytes));
            await TryAsync(() => Task.Run(() => ((NetworkStream)peer.Stream).Socket.Shutdown(SocketShutdown.Send)));
            await peer.Stream.ExpectClosedAsync();
        }
    }

    [TestCase(PingProtocol.Id, 9)]
    [TestCase(IdentifyProtocol.PushId, 10)]
    [TestCase(IdentifyProtocol.Id, 11)]
    public async Task Of_a_stream(string protocol, int seed)
    {
        byte[] body = protocol == PingProtocol.Id ? new byte[64] : protocol == IdentifyProtocol.PushId ? Identity(["/a/1", "/b/1"]).ToFrame() : [];
        await using BarePeer peer = await BarePeer.DialAsync(_node.Node);
        foreach (byte[] bytes in Mutations.Of([[.. Message(protocol), .. body]], seed, 300))
        {
            await using YamuxStream stream = peer.Open();
            await TryAsync(() => stream.WriteAsync(bytes).InTime());
            await TryAsync(() => stream.CloseWriteAsync().InTime());
            await stream.ExpectClosedAsync();
        }

        Assert.That(_node.Node.Counts.Connections, Is.EqualTo(1), "a stream that goes wrong is no reason to part");
    }

    [Test]
    public async Task Of_what_the_node_is_answered_when_it_asks_who_the_peer_is()
    {
        foreach (byte[] bytes in Mutations.Of([Identity(["/a/1", "/b/1"]).ToFrame()], 12, 100))
        {
            await using BarePeer peer = await BarePeer.DialAsync(_node.Node);
            YamuxStream asked = await peer.AcceptAsync(IdentifyProtocol.Id);
            await TryAsync(() => asked.WriteAsync(bytes).InTime());
            await TryAsync(() => asked.CloseWriteAsync().InTime());
            await asked.ExpectClosedAsync();
            await using YamuxStream stream = await peer.OpenAsync(PingProtocol.Id);
            await stream.CloseWriteAsync();
            await stream.ExpectClosedAsync();
        }
    }

    [Test]
    public async Task Of_what_the_node_is_answered_when_it_dials([Values(13, 14)] int seed)
    {
        using Socket listener = RawDialer.Listen(out Multiformats.Multiaddress address);
        byte[] noise = NoiseScript.Frame(new byte[160]);
        foreach (byte[] bytes in Mutations.Of([Hello, [.. Hello, .. noise]], seed, 150))
        {
            Task<Connection> dialing = _node.Node.DialAsync(address);
            await using NetworkStream stream = await listener.AcceptStreamAsync();
            await TryAsync(() => stream.WriteAsync(bytes).InTime());
            await TryAsync(() => Task.Run(() => stream.Socket.Shutdown(SocketShutdown.Send)));
            Assert.That(Assert.ThrowsAsync<DialException>(() => dialing.InTime())!.Reason, Is.EqualTo(DialError.HandshakeFailed));
            await stream.ExpectClosedAsync();
        }
    }

    [Test]
    public async Task None_at_all_but_a_session_that_was_heard_before()
    {
        var recorded = new MemoryStream();
        await using (NetworkStream stream = await RawDialer.ConnectToNoiseAsync(_node.Node))
        {
            var script = new NoiseScript(stream, isInitiator: true) { Spoil = (_, message) => Record(recorded, message) };
            SecuredPeer peer = await script.RunAsync();
            byte[] frames = peer.Seal([.. Frames().SelectMany(bytes => bytes)]);
            await stream.WriteAsync(Record(recorded, frames)).InTime();
        }

        await using NetworkStream replay = await RawDialer.ConnectAsync(_node.Node);
        await TryAsync(() => replay.WriteAsync((byte[])[.. Hello, .. recorded.ToArray()]).InTime());
        await replay.ExpectClosedAsync();
        await Eventually.EqualsAsync(0, () => _node.Node.Counts.Connections, "connections: the replay has become none");
    }

    private static byte[] Record(MemoryStream recorded, byte[] bytes)
    {
        recorded.Write(bytes);
        return bytes;
    }

    // What a good client sends: a stream with a ping on it, a window update, a ping of the session, the end of the stream, a goodbye.
    private static byte[][] Frames() =>
    [
        [.. RawFrame.Window(1, 0, RawFrame.Syn).ToBytes(), .. RawFrame.Data(1, [.. Message(PingProtocol.Id), .. new byte[32]]).ToBytes()],
        [.. RawFrame.Window(1, 4096).ToBytes(), .. RawFrame.Ping(7).ToBytes(), .. RawFrame.Data(3, Message(IdentifyProtocol.Id), RawFrame.Syn).ToBytes()],
        [.. RawFrame.Data(1, [], RawFrame.Fin).ToBytes(), .. RawFrame.Window(3, 0, RawFrame.Rst).ToBytes(), .. RawFrame.GoAway(0).ToBytes()],
    ];
}
