using Relay.Libp2p.Tests.Scripting;
using Relay.Libp2p.Yamux;

namespace Relay.Libp2p.Tests.Yamux;

[CancelAfter(60_000)]
public class YamuxWindowTests
{
    private const int Window = 256 * 1024;

    [Test]
    public async Task A_remote_may_fill_the_window_to_the_byte()
    {
        await using var harness = new SessionHarness();
        YamuxStream stream = await harness.AcceptAsync(1);
        await harness.Peer.SendAsync(RawFrame.Data(1, new byte[Window - 1]), RawFrame.Data(1, [7]));
        await harness.SettleAsync();
        Assert.That((await stream.ReadBytesAsync(Window))[^1], Is.EqualTo(7));
    }

    [Test]
    public async Task One_byte_over_the_window_ends_the_session()
    {
        await using var harness = new SessionHarness();
        YamuxStream stream = await harness.AcceptAsync(1);
        await harness.Peer.SendAsync(RawFrame.Data(1, new byte[Window]), RawFrame.Data(1, [7]));
        await harness.ExpectViolationAsync("into a window of 0");
        Assert.That(stream.ReadError(), Is.EqualTo(StreamError.ConnectionClosed));
    }

    [Test]
    public async Task A_frame_longer_than_the_window_is_refused_by_its_header()
    {
        await using var harness = new SessionHarness();
        await harness.AcceptAsync(1);
        await harness.Peer.SendAsync(new RawFrame(0, 0, 1, Window + 1));
        await harness.ExpectViolationAsync("262145 bytes into a window of 262144");
    }

    [Test]
    public async Task What_was_read_is_granted_again_at_half_a_window()
    {
        await using var harness = new SessionHarness();
        YamuxStream stream = await harness.AcceptAsync(1);
        await harness.Peer.SendAsync(RawFrame.Data(1, new byte[Window]));
        await stream.ReadBytesAsync(Window / 2 - 1);
        await harness.Peer.SendAsync(RawFrame.Ping(1));
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo("PING ACK #0 1"), "nothing is granted yet");
        await stream.ReadBytesAsync(1);
        RawFrame grant = await harness.Peer.ReceiveAsync(f => f.Type == 1);
        Assert.That($"{grant}", Is.EqualTo($"WINDOW #1 {Window / 2}"));

        await harness.Peer.SendAsync(RawFrame.Data(1, new byte[Window / 2]));
        await harness.SettleAsync();
        await harness.Peer.SendAsync(RawFrame.Data(1, [1]));
        await harness.ExpectViolationAsync("into a window of 0");
    }

    [Test]
    public async Task A_writer_waits_for_the_window_and_goes_on_when_the_remote_has_read()
    {
        await using var harness = new SessionHarness(isInitiator: true);
        YamuxStream stream = harness.Open();
        byte[] sent = new byte[Window + 3];
        Random.Shared.NextBytes(sent);
        ValueTask writing = stream.WriteAsync(sent);
        List<byte> received = [];
        while (received.Count < Window)
            received.AddRange((await harness.Peer.ReceiveAsync(f => f.Type == 0)).Body);
        await harness.SettleAsync();
        Assert.That(writing.IsCompleted, Is.False, "three bytes wait");
        Assert.That(stream.BytesSent, Is.EqualTo(Window));

        await harness.Peer.SendAsync(RawFrame.Window(1, 2));
        received.AddRange((await harness.Peer.ReceiveAsync(f => f.Type == 0)).Body);
        await harness.SettleAsync();
        Assert.That(writing.IsCompleted, Is.False, "one byte waits");
        Assert.That(stream.BytesSent, Is.EqualTo(Window + 2));

        await harness.Peer.SendAsync(RawFrame.Window(1, 1));
        received.AddRange((await harness.Peer.ReceiveAsync(f => f.Type == 0)).Body);
        await writing.InTime();
        Assert.That(received, Is.EqualTo(sent));
    }

    [Test]
    public async Task The_end_waits_behind_what_the_window_holds_back()
    {
        await using var harness = new SessionHarness(isInitiator: true);
        YamuxStream stream = harness.Open();
        Task writing = stream.WriteAsync(new byte[Window + 1]).AsTask();
        await stream.CloseWriteAsync();
        for (int received = 0; received < Window;)
            received += (int)(await harness.Peer.ReceiveAsync(f => f.Type == 0)).Length;
        await harness.Peer.SendAsync(RawFrame.Window(1, 1));
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo("DATA #1 1"));
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo("WINDOW FIN #1 0"));
        await writing.InTime();
    }

    [Test]
    public async Task A_window_can_grow_to_what_32_bits_say_and_not_further()
    {
        await using var harness = new SessionHarness();
        await harness.AcceptAsync(1);
        await harness.Peer.SendAsync(RawFrame.Window(1, uint.MaxValue - Window));
        await harness.SettleAsync();
        await harness.Peer.SendAsync(RawFrame.Window(1, 1));
        await harness.ExpectViolationAsync("a window of 4294967296");
    }

    [Test]
    public async Task One_stream_that_nobody_reads_does_not_hold_back_another()
    {
        await using var harness = new SessionHarness();
        YamuxStream unread = await harness.AcceptAsync(1);
        YamuxStream read = await harness.AcceptAsync(3);
        await harness.Peer.SendAsync(RawFrame.Data(1, new byte[Window]), RawFrame.Data(3, "hello"u8.ToArray(), RawFrame.Fin));
        Assert.That(await read.ReadAllAsync(), Is.EqualTo("hello"u8.ToArray()));
        Assert.That(unread.ReceiveBound, Is.EqualTo(Window + ReceiveQueue.MaxSegment));
    }

    [Test]
    public async Task A_stream_promises_no_more_memory_than_it_says_for_bytes_that_trickle_in()
    {
        await using var harness = new SessionHarness();
        YamuxStream stream = await harness.AcceptAsync(1);
        for (int i = 0; i < 1000; i++)
            await harness.Peer.SendAsync(RawFrame.Data(1, [1]));
        await harness.SettleAsync();
        Assert.That(harness.Pool.Rented, Is.LessThanOrEqualTo(2), "a thousand frames of one byte share a buffer; the other is the connection's own");
        await stream.ReadBytesAsync(1000);
    }
}
