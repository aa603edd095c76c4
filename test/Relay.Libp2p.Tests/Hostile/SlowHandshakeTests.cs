using System.Net.Sockets;
using Relay.Libp2p.Identify;
using Relay.Libp2p.Ping;
using Relay.Libp2p.Tests.Scripting;

namespace Relay.Libp2p.Tests.Hostile;

/// <summary>
/// Peers that stop in the middle of every step there is, over real sockets. Each is let go of at its deadline and not before, and good clients are served
/// while it stalls.
/// </summary>
[CancelAfter(120_000)]
public class SlowHandshakeTests
{
    private static readonly TimeSpan Step = new Libp2pOptions().HandshakeTimeout;
    private static readonly byte[] Header = MultistreamScript.Encode(MultistreamScript.Header);

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
        await _node.RestAsync();
        await _node.DisposeAsync();
        Assert.That(_time.ActiveTimers, Is.Zero, "timers left");
    }

    private static IEnumerable<TestCaseData> Stalls()
    {
        yield return Stall("before it says anything", 1, _ => Task.CompletedTask);
        yield return Stall("within the first length", 1, stream => stream.WriteAsync((byte[])[0x93]).InTime());
        yield return Stall("within the multistream header", 1, stream => stream.WriteAsync(Header[..7]).InTime());
        yield return Stall("after the multistream header", 1, stream => stream.WriteAsync(Header).InTime());
        yield return Stall("within its proposal", 1, stream => stream.WriteAsync((byte[])[.. Header, .. MultistreamScript.Encode("/noise")[..4]]).InTime());
        yield return Stall("after a proposal that was declined", 1, async stream =>
        {
            await stream.SayAsync(MultistreamScript.Header, "/tls/1.0.0");
            Assert.That((await stream.HearAsync(), await stream.HearAsync()), Is.EqualTo((MultistreamScript.Header, "na")));
        });
        yield return Stall("before Noise", 2, stream => stream.ProposeAsync("/noise"));
        yield return Stall("within the length of the first Noise message", 2, async stream =>
        {
            await stream.ProposeAsync("/noise");
            await stream.WriteAsync((byte[])[0]).InTime();
        });
        yield return Stall("within the first Noise message", 2, async stream =>
        {
            await stream.ProposeAsync("/noise");
            await stream.WriteAsync((byte[])[0xff, 0xff, 1, 2, 3]).InTime();
        });
        yield return Stall("before the last Noise message", 2, stream => StopAtThirdAsync(stream, 0));
        yield return Stall("within the last Noise message", 2, stream => StopAtThirdAsync(stream, 40));
        yield return Stall("before it proposes a muxer", 3, stream => NoiseWithoutListAsync(stream));
        yield return Stall("within its proposal of a muxer", 3, async stream =>
        {
            SecuredPeer peer = await NoiseWithoutListAsync(stream);
            await peer.SendBytesAsync(Header[..9]);
        });
        yield return Stall("within a Noise message of the muxer's negotiation", 3, async stream =>
        {
            SecuredPeer peer = await NoiseWithoutListAsync(stream);
            await stream.WriteAsync(peer.Seal(Header)[..20]).InTime();
        });
    }

    [TestCaseSource(nameof(Stalls))]
    public async Task A_peer_that_stalls(int step, Func<NetworkStream, Task> play)
    {
        await using NetworkStream stream = await RawDialer.ConnectAsync(_node.Node);
        await play(stream);
        await _time.TimerWasArmedAsync(Step, step);
        Assert.That(_node.Node.Counts.PendingHandshakes, Is.EqualTo(1));

        await _node.ServesAsync();
        _time.Advance(Step - TimeSpan.FromTicks(1));
        Assert.That(_node.Node.Counts.PendingHandshakes, Is.EqualTo(1), "a moment before its deadline");
        _time.Advance(TimeSpan.FromTicks(1));

        await stream.ExpectClosedAsync();
        await _node.RestAsync();
        await _node.ServesAsync();
    }

    [Test]
    public async Task A_byte_now_and_then_buys_no_time()
    {
        await using NetworkStream stream = await RawDialer.ConnectAsync(_node.Node);
        await _time.TimerWasArmedAsync(Step, 1);
        for (int i = 0; i < 9; i++)
        {
            await stream.WriteAsync(Header.AsMemory(i, 1)).InTime();
            _time.Advance(Step / 10);
            Assert.That(_node.Node.Counts.PendingHandshakes, Is.EqualTo(1));
        }

        _time.Advance(Step / 10);
        await stream.ExpectClosedAsync();
    }

    private static IEnumerable<TestCaseData> StreamStalls()
    {
        yield return new TestCaseData(Array.Empty<byte>(), Step).SetArgDisplayNames("before it says anything");
        yield return new TestCaseData(Header[..5], Step).SetArgDisplayNames("within the header");
        yield return new TestCaseData(Header, Step).SetArgDisplayNames("after the header");
        yield return new TestCaseData(MultistreamScript.Encode(MultistreamScript.Header, "/nobody/1"), Step).SetArgDisplayNames("after na");
        yield return new TestCaseData(MultistreamScript.Encode(MultistreamScript.Header, IdentifyProtocol.PushId), Step).SetArgDisplayNames("before its push");
        yield return new TestCaseData((byte[])[.. MultistreamScript.Encode(MultistreamScript.Header, IdentifyProtocol.PushId), 0x40, 0x0a], Step)
            .SetArgDisplayNames("within its push");
        yield return new TestCaseData((byte[])[.. MultistreamScript.Encode(MultistreamScript.Header, PingProtocol.Id), .. new byte[31]], TimeSpan.FromMinutes(1))
            .SetArgDisplayNames("within a ping");
    }

    [TestCaseSource(nameof(StreamStalls))]
    public async Task A_stream_that_stalls_is_reset_and_its_connection_goes_on(byte[] sent, TimeSpan patience)
    {
        await using SecuredPeer peer = await RawDialer.ConnectSecuredAsync(_node.Node);
        await peer.ReceiveAsync(frame => frame.StreamId == 2); // the node's own question: identify
        await peer.SendAsync(RawFrame.Window(2, 0, RawFrame.Rst), RawFrame.Data(1, sent, RawFrame.Syn), RawFrame.Ping(1));
        await peer.ReceiveAsync(IsPong(1));
        await _time.TimerIsArmedAsync(patience);

        await _node.ServesAsync();
        await PassAsync(peer, patience - TimeSpan.FromSeconds(1));
        Assert.That(_node.Node.Counts.Streams, Is.EqualTo(1), "a moment before its deadline");
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.That((await peer.ReceiveAsync(frame => frame.StreamId == 1 && frame.Has(RawFrame.Rst))).Type, Is.EqualTo(1));
        await peer.SendAsync(RawFrame.Ping(2));
        await peer.ReceiveAsync(IsPong(2));
        await Eventually.EqualsAsync(1, () => _node.Node.Counts.Connections, "connections: this one, when the good client's is gone");
    }

    [Test]
    public async Task A_peer_that_is_never_done_with_a_stream_loses_it()
    {
        await using SecuredPeer peer = await RawDialer.ConnectSecuredAsync(_node.Node);
        await peer.ReceiveAsync(frame => frame.StreamId == 2);
        await peer.SendAsync(
            RawFrame.Window(2, 0, RawFrame.Rst), RawFrame.Data(1, MultistreamScript.Encode(MultistreamScript.Header, IdentifyProtocol.Id), RawFrame.Syn));
        await peer.ReceiveAsync(frame => frame.StreamId == 1 && frame.Has(RawFrame.Fin));
        await Eventually.EqualsAsync(1, () => _node.Node.Counts.Streams, "streams: the answered one, which only the peer still holds open");

        await PassAsync(peer, TimeSpan.FromSeconds(70));
        Assert.That(_node.Node.Counts.Streams, Is.EqualTo(1), "it has a minute, which is looked at every 15 s");
        _time.Advance(TimeSpan.FromSeconds(5));
        await peer.ReceiveAsync(frame => frame.StreamId == 1 && frame.Has(RawFrame.Rst));
        await Eventually.EqualsAsync(0, () => _node.Node.Counts.Streams, "streams");
    }

    // Time passes while the peer shows signs of life, as a connection must.
    private async Task PassAsync(SecuredPeer peer, TimeSpan time)
    {
        uint value = 1000;
        for (TimeSpan left = time; left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(5))
        {
            _time.Advance(left < TimeSpan.FromSeconds(5) ? left : TimeSpan.FromSeconds(5));
            await peer.SendAsync(RawFrame.Ping(++value));
            await peer.ReceiveAsync(IsPong(value));
        }
    }

    private static Func<RawFrame, bool> IsPong(uint value) => frame => frame.Type == 2 && frame.Has(RawFrame.Ack) && frame.Length == value;

    private static TestCaseData Stall(string where, int step, Func<NetworkStream, Task> play) =>
        new TestCaseData(step, play).SetArgDisplayNames(where);

    private static async Task StopAtThirdAsync(NetworkStream stream, int length)
    {
        await stream.ProposeAsync("/noise");
        await new NoiseScript(stream, isInitiator: true) { Spoil = (number, message) => number == 3 ? message[..length] : message }.RunAsync();
    }

    private static async Task<SecuredPeer> NoiseWithoutListAsync(NetworkStream stream)
    {
        await stream.ProposeAsync("/noise");
        return await new NoiseScript(stream, isInitiator: true) { Muxers = null }.RunAsync();
    }
}
