using Relay.Libp2p.Tests.Scripting;
using Relay.Libp2p.Yamux;

namespace Relay.Libp2p.Tests.Yamux;

public class YamuxWireTests
{
    private static readonly object[] Headers =
    [
        new object[] { new YamuxHeader(YamuxFrameType.Data, YamuxFlags.None, 1, 5), "000000000000000100000005" },
        new object[] { new YamuxHeader(YamuxFrameType.WindowUpdate, YamuxFlags.Syn, 0x01020304, 0x05060708), "000100010102030405060708" },
        new object[] { new YamuxHeader(YamuxFrameType.WindowUpdate, YamuxFlags.Ack | YamuxFlags.Fin, 2, 0), "000100060000000200000000" },
        new object[] { new YamuxHeader(YamuxFrameType.Data, YamuxFlags.Rst, uint.MaxValue, uint.MaxValue), "00000008ffffffffffffffff" },
        new object[] { new YamuxHeader(YamuxFrameType.Ping, YamuxFlags.Syn, 0, 0xDEADBEEF), "0002000100000000deadbeef" },
        new object[] { new YamuxHeader(YamuxFrameType.GoAway, YamuxFlags.None, 0, 2), "000300000000000000000002" },
    ];

    [TestCaseSource(nameof(Headers))]
    public void A_header_is_twelve_bytes_in_network_order(object header, string hex)
    {
        byte[] bytes = new byte[YamuxProtocol.HeaderLength];
        ((YamuxHeader)header).Write(bytes);
        Assert.Multiple(() =>
        {
            Assert.That(Convert.ToHexStringLower(bytes), Is.EqualTo(hex));
            Assert.That(YamuxHeader.Read(Convert.FromHexString(hex)), Is.EqualTo(header));
        });
    }

    [Test]
    public void The_constants_are_those_of_the_spec() => Assert.Multiple(() =>
    {
        Assert.That(YamuxProtocol.Id, Is.EqualTo("/yamux/1.0.0"));
        Assert.That(YamuxProtocol.Version, Is.Zero);
        Assert.That(YamuxProtocol.HeaderLength, Is.EqualTo(12));
        Assert.That(YamuxProtocol.InitialWindow, Is.EqualTo(262144));
        Assert.That(new[] { YamuxProtocol.GoAwayNormal, YamuxProtocol.GoAwayProtocolError, YamuxProtocol.GoAwayInternalError }, Is.EqualTo(new uint[] { 0, 1, 2 }));
        Assert.That(Enum.GetValues<YamuxFrameType>().Select(t => (int)t), Is.EqualTo(new[] { 0, 1, 2, 3 }));
        Assert.That(Enum.GetValues<YamuxFlags>().Select(f => (int)f), Is.EqualTo(new[] { 0, 1, 2, 4, 8 }));
    });

    [TestCase("010000000000000100000005", "version 1")]
    [TestCase("ff0000000000000100000005", "version 255")]
    [TestCase("000400000000000100000005", "type 4")]
    [TestCase("00ff00000000000100000005", "type 255")]
    public void A_header_of_no_known_version_or_type_is_refused(string hex, string what) =>
        Assert.That(() => YamuxHeader.Read(Convert.FromHexString(hex)), Throws.TypeOf<YamuxException>().With.Message.Contains(what));

    [Test]
    [CancelAfter(60_000)]
    public async Task Frames_may_be_cut_anywhere()
    {
        await using var harness = new SessionHarness();
        byte[] bytes =
        [
            .. RawFrame.Window(1, 0, RawFrame.Syn).ToBytes(),
            .. RawFrame.Data(1, [1, 2, 3]).ToBytes(),
            .. RawFrame.Data(1, [4, 5], RawFrame.Fin).ToBytes(),
        ];
        foreach (byte one in bytes)
            await harness.Peer.SendBytesAsync([one]);
        YamuxStream stream = await harness.AcceptAsync();
        Assert.That(await stream.ReadAllAsync(), Is.EqualTo(new byte[] { 1, 2, 3, 4, 5 }));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_stream_is_announced_with_the_first_thing_written_to_it()
    {
        await using var harness = new SessionHarness(isInitiator: true);
        await harness.Open().WriteAsync("one"u8.ToArray());
        await harness.Open().WriteAsync("three"u8.ToArray());
        List<string> frames = [];
        for (int i = 0; i < 4; i++)
            frames.Add($"{await harness.Peer.ReceiveAsync()}");
        Assert.That(frames, Is.EqualTo(new[] { "WINDOW SYN #1 0", "DATA #1 3", "WINDOW SYN #3 0", "DATA #3 5" }));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task The_responders_streams_are_even()
    {
        await using var harness = new SessionHarness(isInitiator: false);
        await harness.Open().WriteAsync("x"u8.ToArray());
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo("WINDOW SYN #2 0"));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_stream_may_be_opened_by_a_data_frame_and_the_ack_goes_along_with_the_first_answer()
    {
        await using var harness = new SessionHarness();
        await harness.Peer.SendAsync(RawFrame.Data(1, "hello"u8.ToArray(), RawFrame.Syn | RawFrame.Fin));
        YamuxStream stream = await harness.AcceptAsync();
        Assert.That(await stream.ReadAllAsync(), Is.EqualTo("hello"u8.ToArray()));
        await stream.WriteAsync("you"u8.ToArray()).InTime();
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo("WINDOW ACK #1 0"));
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Does.StartWith("DATA"));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task An_opener_that_has_said_something_gets_its_ack_with_the_answer_and_not_before()
    {
        await using var harness = new SessionHarness();
        await harness.Peer.SendAsync(RawFrame.Data(1, "hello"u8.ToArray(), RawFrame.Syn), RawFrame.Ping(7, RawFrame.Syn));
        YamuxStream stream = await harness.AcceptAsync();
        Assert.That((await harness.Peer.ReceiveAsync())!.Type, Is.EqualTo(2), "the answer to the ping");
        await harness.Peer.SendAsync(RawFrame.Ping(8, RawFrame.Syn));
        Assert.That((await harness.Peer.ReceiveAsync())!.Type, Is.EqualTo(2), "the answer to the next one, and no frame of the stream between them");
        await stream.WriteAsync("you"u8.ToArray()).InTime();
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo("WINDOW ACK #1 0"));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task An_opener_that_says_nothing_yet_gets_its_ack_at_once()
    {
        await using var harness = new SessionHarness();
        await harness.Peer.SendAsync(RawFrame.Window(1, 0, RawFrame.Syn));
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo("WINDOW ACK #1 0"));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_window_granted_with_the_syn_is_usable_at_once()
    {
        await using var harness = new SessionHarness();
        await harness.Peer.SendAsync(RawFrame.Window(1, 10, RawFrame.Syn));
        YamuxStream stream = await harness.AcceptAsync();
        await stream.WriteAsync(new byte[YamuxProtocol.InitialWindow + 10]).InTime();
    }
}
