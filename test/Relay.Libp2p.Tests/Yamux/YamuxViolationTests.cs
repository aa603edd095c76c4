using Relay.Libp2p.Tests.Scripting;

namespace Relay.Libp2p.Tests.Yamux;

/// <summary>What a remote must not send: each ends the session with go-away code 1.</summary>
[CancelAfter(60_000)]
public class YamuxViolationTests
{
    private static IEnumerable<TestCaseData> Violations()
    {
        yield return Case("a_frame_of_another_version", "version 1", RawFrame.Ping(1) with { Version = 1 });
        yield return Case("a_frame_of_an_unknown_type", "type 4", new RawFrame(4, 0, 0, 0));
        yield return Case("a_syn_of_the_wrong_parity", "this side's parity", RawFrame.Window(2, 0, RawFrame.Syn));
        yield return Case("a_second_syn", "second SYN for stream 1", RawFrame.Window(1, 0, RawFrame.Syn), RawFrame.Data(1, [], RawFrame.Syn));
        yield return Case("a_syn_for_stream_0", "stream 0", RawFrame.Window(0, 0, RawFrame.Syn));
        yield return Case("data_for_stream_0", "stream 0", RawFrame.Data(0, [1]));
        yield return Case("a_window_update_for_stream_0", "stream 0", RawFrame.Window(0, 1));
        yield return Case("a_ping_without_a_flag", "neither asks nor answers", RawFrame.Ping(1, 0));
        yield return Case("an_unasked_ping_answer", "not sent", RawFrame.Ping(1, RawFrame.Ack));
        yield return Case("data_beyond_the_window_with_the_syn", "into a window", new RawFrame(0, RawFrame.Syn, 1, 256 * 1024 + 1));
        yield return Case("a_frame_of_four_gigabytes", "bytes into a window", RawFrame.Window(1, 0, RawFrame.Syn), new RawFrame(0, 0, 1, uint.MaxValue));
        yield return Case("a_frame_of_four_gigabytes_for_nobody", "4294967295 bytes", new RawFrame(0, 0, 5, uint.MaxValue));
        yield return Case("a_window_beyond_32_bits_with_the_syn", "makes a window", RawFrame.Window(1, uint.MaxValue, RawFrame.Syn));
    }

    private static TestCaseData Case(string name, string what, params RawFrame[] frames) => new TestCaseData(what, (object)frames).SetArgDisplayNames(name);

    [TestCaseSource(nameof(Violations))]
    public async Task Ends_the_session(string what, object frames)
    {
        await using var harness = new SessionHarness();
        await harness.Peer.SendAsync((RawFrame[])frames);
        await harness.ExpectViolationAsync(what);
    }

    [Test]
    public async Task An_initiator_refuses_odd_ids()
    {
        await using var harness = new SessionHarness(isInitiator: true);
        await harness.Peer.SendAsync(RawFrame.Window(3, 0, RawFrame.Syn));
        await harness.ExpectViolationAsync("this side's parity");
    }

    [Test]
    public async Task Streams_of_a_session_that_is_ended_fail()
    {
        await using var harness = new SessionHarness();
        var stream = await harness.AcceptAsync(1);
        Task<int> reading = stream.ReadAsync(new byte[1]).AsTask();
        await harness.Peer.SendAsync(new RawFrame(9, 0, 0, 0));
        await harness.ExpectViolationAsync("type 9");
        Assert.That(Assert.ThrowsAsync<StreamException>(() => reading.InTime())!.Reason, Is.EqualTo(StreamError.ConnectionClosed));
        Assert.That(Assert.Throws<StreamException>(() => harness.Session.OpenStream())!.Reason, Is.EqualTo(StreamError.ConnectionClosed));
    }

    [Test]
    public async Task A_message_that_does_not_decrypt_ends_the_session()
    {
        await using var harness = new SessionHarness();
        byte[] wire = harness.Peer.Seal(RawFrame.Ping(1).ToBytes());
        wire[^1] ^= 1;
        await harness.Peer.Stream.WriteAsync(wire);
        await harness.Session.Completion.InTime();
        Assert.That(harness.Session.CloseReason, Is.InstanceOf<HandshakeException>());
    }

    [Test]
    public async Task A_connection_that_ends_within_a_frame_ends_the_session()
    {
        await using var harness = new SessionHarness();
        var stream = await harness.AcceptAsync(1);
        await harness.Peer.SendBytesAsync(RawFrame.Data(1, new byte[100]).ToBytes()[..50]);
        await harness.Peer.DisposeAsync();
        await harness.Session.Completion.InTime();
        Assert.That(stream.ReadError(), Is.EqualTo(StreamError.ConnectionClosed));
    }

    [Test]
    public async Task A_connection_that_ends_within_a_noise_message_ends_the_session()
    {
        await using var harness = new SessionHarness();
        await harness.Peer.Stream.WriteAsync(harness.Peer.Seal(RawFrame.Ping(1).ToBytes())[..10]);
        await harness.Peer.DisposeAsync();
        await harness.Session.Completion.InTime();
        Assert.That(harness.Session.CloseReason, Is.InstanceOf<HandshakeException>());
    }

    [Test]
    public async Task Frames_for_streams_that_are_gone_or_never_were_are_passed_over()
    {
        await using var harness = new SessionHarness();
        await harness.Peer.SendAsync(
            RawFrame.Data(1, new byte[300_000]),
            RawFrame.Window(3, 5),
            RawFrame.Window(2, 0, RawFrame.Fin),
            RawFrame.Data(4, new byte[10], RawFrame.Rst));
        await harness.SettleAsync();
        Assert.That(harness.Session.CloseReason, Is.Null);
        Assert.That(harness.Pool.Rented, Is.Zero);
    }

    [TestCase(1u)]
    [TestCase(2u)]
    [TestCase(uint.MaxValue)]
    public async Task A_ping_or_a_goodbye_that_names_a_stream_is_one_all_the_same(uint streamId)
    {
        await using var harness = new SessionHarness();
        await harness.Peer.SendAsync(RawFrame.Ping(5) with { StreamId = streamId });
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo("PING ACK #0 5"), "and the answer names none");
        await harness.Peer.SendAsync(RawFrame.GoAway(0) with { StreamId = streamId });
        await harness.SettleAsync();
        Assert.That((harness.Session.CloseReason, harness.Session.IsUsable), Is.EqualTo(((Exception?)null, false)));
    }

    [Test]
    public async Task Flags_that_mean_nothing_here_are_passed_over()
    {
        await using var harness = new SessionHarness();
        await harness.Peer.SendAsync(RawFrame.Window(1, 0, RawFrame.Syn | 0x0010), RawFrame.Data(1, [1], 0x8000 | RawFrame.Ack | RawFrame.Fin));
        var stream = await harness.AcceptAsync();
        Assert.That(await stream.ReadAllAsync(), Is.EqualTo(new byte[] { 1 }));
    }
}
