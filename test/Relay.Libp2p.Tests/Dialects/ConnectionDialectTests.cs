using System.Text;
using Relay.Libp2p.Noise;
using Relay.Libp2p.Ping;
using Relay.Libp2p.Tests.Scripting;

namespace Relay.Libp2p.Tests.Dialects;

/// <summary>The ways in which other implementations bring a connection up to where streams can be opened: what they send with what, and in which pieces.</summary>
[CancelAfter(120_000)]
public class ConnectionDialectTests
{
    private static readonly byte[] Payload = [.. Enumerable.Range(1, PingProtocol.PayloadLength).Select(i => (byte)i)];

    // A stream in one frame: opened, negotiated, used and closed.
    private static readonly RawFrame Ping =
        RawFrame.Data(1, [.. MultistreamScript.Encode(MultistreamScript.Header, PingProtocol.Id), .. Payload], RawFrame.Syn | RawFrame.Fin);

    [TestCase("go, js: the muxer is agreed on in the handshake", new[] { "/yamux/1.0.0" })]
    [TestCase("nim, dotnet: an empty list", new string[0])]
    [TestCase("rust: no list", null)]
    [TestCase("dotnet before 2025: a list that says there is none", new[] { "na" })]
    public async Task Everything_may_come_byte_by_byte(string who, string[]? muxers)
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using var stream = new TricklingStream(await RawDialer.ConnectToNoiseAsync(node.Node));
        SecuredPeer peer = await new NoiseScript(stream, isInitiator: true) { Muxers = muxers }.RunAsync();
        if (!IsAgreedOn(muxers))
        {
            await peer.SendBytesAsync(MultistreamScript.Encode(MultistreamScript.Header, "/yamux/1.0.0"));
            await HearMuxerAsync(peer);
        }

        await peer.SendAsync(Ping);
        await HearPongAsync(peer, who);
    }

    [TestCase("go, js", new[] { "/yamux/1.0.0" })]
    [TestCase("rust, lazily", null)]
    public async Task Everything_an_initiator_can_say_by_itself_may_come_at_once(string who, string[]? muxers)
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Stream stream = await RawDialer.ConnectAsync(node.Node);
        var noise = new ReferenceNoise(isInitiator: true);

        await stream.WriteAsync((byte[])[.. MultistreamScript.Encode(MultistreamScript.Header, "/noise"), .. NoiseScript.Frame(noise.Write([]))]).AsTask().InTime();
        Assert.That((await stream.HearAsync(), await stream.HearAsync()), Is.EqualTo((MultistreamScript.Header, "/noise")));
        byte[] length = await stream.ReadBytesAsync(2);
        noise.Read(await stream.ReadBytesAsync((length[0] << 8) | length[1]));

        byte[] last = NoiseScript.Frame(noise.Write(ScriptedIdentity.Create().NoisePayload(noise.StaticPublicKey, muxers).ToBytes()));
        (byte[] sending, byte[] receiving) = noise.Split();
        var peer = new SecuredPeer(stream, sending, receiving);
        byte[] muxer = IsAgreedOn(muxers) ? [] : MultistreamScript.Encode(MultistreamScript.Header, "/yamux/1.0.0");
        await stream.WriteAsync((byte[])[.. last, .. peer.Seal([.. muxer, .. Ping.ToBytes()])]).AsTask().InTime();

        if (!IsAgreedOn(muxers))
            await HearMuxerAsync(peer);
        await HearPongAsync(peer, who);
    }

    [TestCase("rust: nothing but key and signature", "")]
    [TestCase("go before the extensions: data in field 3", "1a03010203")]
    [TestCase("extensions with nothing in them", "2200")]
    [TestCase("extensions with certificate hashes only", "22040a021220")]
    [TestCase("extensions with early data in a field nobody knows", "22051a03010203")]
    [TestCase("dotnet: a muxer with an empty name", "22021200")]
    [TestCase("dotnet before 2025: na for a muxer", "220412026e61")]
    public async Task A_payload_without_a_muxer_leaves_the_muxer_to_be_negotiated(string who, string hex)
    {
        foreach (bool isInitiator in new[] { true, false })
        {
            var identity = ScriptedIdentity.Create();
            await using var side = new HandshakeUnderTest(isInitiator);
            await new NoiseScript(side.Far, !isInitiator, identity)
            {
                Payload = key => [.. identity.NoisePayload(key, null).ToBytes(), .. Convert.FromHexString(hex)],
            }.RunAsync();

            NoiseSession session = await side.Session.InTime();
            Assert.That((session.RemotePeer, session.Muxer), Is.EqualTo((identity.PeerId, (string?)null)), who);
        }
    }

    private static bool IsAgreedOn(string[]? muxers) => muxers is not null && muxers.Contains("/yamux/1.0.0");

    private static async Task HearMuxerAsync(SecuredPeer peer)
    {
        byte[] expected = MultistreamScript.Encode(MultistreamScript.Header, "/yamux/1.0.0");
        Assert.That(Encoding.UTF8.GetString(await peer.ReceiveBytesAsync(expected.Length)), Is.EqualTo(Encoding.UTF8.GetString(expected)));
    }

    private static async Task HearPongAsync(SecuredPeer peer, string who)
    {
        List<byte> heard = [];
        RawFrame frame;
        do
        {
            frame = await peer.ReceiveAsync(f => f.StreamId == 1);
            heard.AddRange(frame.Body);
        }
        while (!frame.Has(RawFrame.Fin));
        Assert.That(heard, Is.EqualTo([.. MultistreamScript.Encode(MultistreamScript.Header, PingProtocol.Id), .. Payload]), who);
    }
}
