using Relay.Libp2p.Tests.Scripting;
using Relay.Libp2p.Yamux;

namespace Relay.Libp2p.Tests.Yamux;

[CancelAfter(60_000)]
public class YamuxCloseTests
{
    [Test]
    public async Task After_its_fin_a_stream_still_receives()
    {
        await using var harness = new SessionHarness();
        YamuxStream stream = await harness.AcceptAsync(1);
        await stream.CloseWriteAsync();
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo("WINDOW FIN #1 0"));
        await harness.Peer.SendAsync(RawFrame.Data(1, "late"u8.ToArray()), RawFrame.Window(1, 0, RawFrame.Fin));
        Assert.That(await stream.ReadAllAsync(), Is.EqualTo("late"u8.ToArray()));
        Assert.That(harness.Session.StreamCount, Is.Zero);
    }

    [Test]
    public async Task After_the_remotes_fin_a_stream_still_sends()
    {
        await using var harness = new SessionHarness();
        YamuxStream stream = await harness.AcceptAsync(1);
        await harness.Peer.SendAsync(RawFrame.Window(1, 0, RawFrame.Fin));
        Assert.That(await stream.ReadAllAsync(), Is.Empty);
        Assert.That(harness.Session.StreamCount, Is.EqualTo(1), "half of it is open");
        await stream.WriteAsync("late"u8.ToArray());
        await stream.CloseWriteAsync();
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo("DATA #1 4"));
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo("WINDOW FIN #1 0"));
        Assert.That(harness.Session.StreamCount, Is.Zero);
    }

    [Test]
    public async Task A_fin_comes_after_the_data_in_flight()
    {
        await using var harness = new SessionHarness();
        YamuxStream stream = await harness.AcceptAsync(1);
        await harness.Peer.SendAsync(RawFrame.Data(1, [1]), RawFrame.Data(1, [2, 3]), RawFrame.Data(1, [4], RawFrame.Fin));
        await harness.SettleAsync();
        Assert.That(await stream.ReadAllAsync(), Is.EqualTo(new byte[] { 1, 2, 3, 4 }));
        Assert.That(await stream.ReadAsync(new byte[1]), Is.Zero, "the end stays the end");
    }

    [Test]
    public async Task Data_after_the_fin_is_no_part_of_the_stream()
    {
        await using var harness = new SessionHarness();
        YamuxStream stream = await harness.AcceptAsync(1);
        await harness.Peer.SendAsync(RawFrame.Data(1, [1], RawFrame.Fin), RawFrame.Data(1, [2]), RawFrame.Window(1, 0, RawFrame.Fin));
        await harness.SettleAsync();
        Assert.That(await stream.ReadAllAsync(), Is.EqualTo(new byte[] { 1 }));
    }

    [Test]
    public async Task Data_after_the_fin_still_counts_against_the_window()
    {
        await using var harness = new SessionHarness();
        await harness.AcceptAsync(1);
        await harness.Peer.SendAsync(RawFrame.Window(1, 0, RawFrame.Fin), RawFrame.Data(1, new byte[YamuxProtocol.InitialWindow]), RawFrame.Data(1, [1]));
        await harness.ExpectViolationAsync("into a window of 0");
    }

    [TestCase(0u)]
    [TestCase(7u, Description = "An error code where the window delta is, as js and newer go send it.")]
    public async Task A_reset_by_the_remote_fails_reads_and_writes(uint length)
    {
        await using var harness = new SessionHarness();
        YamuxStream stream = await harness.AcceptAsync(1);
        await harness.Peer.SendAsync(RawFrame.Data(1, [1, 2, 3]));
        Task<int> waiting = stream.ReadBytesAsync(4).ContinueWith(t => t.IsFaulted ? (int)((StreamException)t.Exception!.InnerException!).Reason : -1);
        await harness.Peer.SendAsync(RawFrame.Window(1, length, RawFrame.Rst));
        Assert.Multiple(async () =>
        {
            Assert.That((StreamError)await waiting.InTime(), Is.EqualTo(StreamError.Reset));
            Assert.That(stream.ReadError(), Is.EqualTo(StreamError.Reset));
            Assert.That(stream.WriteError(), Is.EqualTo(StreamError.Reset));
            Assert.That(harness.Session.StreamCount, Is.Zero);
        });
    }

    [Test]
    public async Task A_reset_on_a_data_frame_takes_its_body_along()
    {
        await using var harness = new SessionHarness();
        YamuxStream stream = await harness.AcceptAsync(1);
        YamuxStream other = await harness.AcceptAsync(3);
        await harness.Peer.SendAsync(RawFrame.Data(1, new byte[1000], RawFrame.Rst), RawFrame.Data(3, [9], RawFrame.Fin));
        Assert.That(await other.ReadAllAsync(), Is.EqualTo(new byte[] { 9 }), "the frames after it are understood");
        Assert.That(stream.ReadError(), Is.EqualTo(StreamError.Reset));
    }

    [Test]
    public async Task A_reset_here_tells_the_remote_and_fails_reads_and_writes()
    {
        await using var harness = new SessionHarness();
        YamuxStream stream = await harness.AcceptAsync(1);
        stream.Reset();
        stream.Reset();
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo("WINDOW RST #1 0"));
        await harness.Peer.SendAsync(RawFrame.Data(1, new byte[5000]), RawFrame.Window(1, 5), RawFrame.Window(1, 0, RawFrame.Fin));
        await harness.Peer.SendAsync(RawFrame.Ping(3));
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo("PING ACK #0 3"), "one reset, and what was in flight does no harm");
        Assert.That(stream.ReadError(), Is.EqualTo(StreamError.Reset));
        Assert.That(stream.WriteError(), Is.EqualTo(StreamError.Reset));
    }

    [Test]
    public async Task A_stream_that_was_never_announced_is_dropped_without_a_word()
    {
        await using var harness = new SessionHarness(isInitiator: true);
        harness.Open().Reset();
        await harness.Peer.SendAsync(RawFrame.Ping(3));
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo("PING ACK #0 3"));
        await harness.Open().WriteAsync(new byte[1]);
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo("WINDOW SYN #3 0"));
    }

    [Test]
    public async Task Disposing_resets_a_stream_that_is_open_for_writing()
    {
        await using var harness = new SessionHarness();
        YamuxStream stream = await harness.AcceptAsync(1);
        await stream.DisposeAsync();
        await stream.DisposeAsync();
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo("WINDOW RST #1 0"));
        Assert.That(harness.Session.StreamCount, Is.Zero);
    }

    [Test]
    public async Task Disposing_after_the_fin_lets_the_remote_finish()
    {
        await using var harness = new SessionHarness();
        YamuxStream stream = await harness.AcceptAsync(1);
        await harness.Peer.SendAsync(RawFrame.Data(1, [1, 2, 3]));
        await harness.SettleAsync();
        await stream.CloseWriteAsync();
        await stream.DisposeAsync();
        Assert.That(harness.Pool.Rented, Is.Zero, "what was not read is dropped");
        Assert.ThrowsAsync<ObjectDisposedException>(() => stream.ReadAsync(new byte[1]).AsTask());
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo("WINDOW FIN #1 0"));
        Assert.That(harness.Session.StreamCount, Is.EqualTo(1));

        await harness.Peer.SendAsync(RawFrame.Data(1, [4, 5]), RawFrame.Window(1, 0, RawFrame.Fin));
        await harness.SettleAsync();
        Assert.That(harness.Session.StreamCount, Is.Zero);
        Assert.That(harness.Pool.Rented, Is.Zero);
    }

    [Test]
    public async Task Disposing_ends_a_read_that_waits()
    {
        await using var harness = new SessionHarness();
        YamuxStream stream = await harness.AcceptAsync(1);
        await stream.CloseWriteAsync();
        Task<int> reading = stream.ReadAsync(new byte[1]).AsTask();
        await stream.DisposeAsync();
        Assert.ThrowsAsync<ObjectDisposedException>(() => reading.InTime());
    }

    [Test]
    public async Task A_stream_closed_for_writing_takes_no_more()
    {
        await using var harness = new SessionHarness();
        YamuxStream stream = await harness.AcceptAsync(1);
        await stream.CloseWriteAsync();
        await stream.CloseWriteAsync();
        Assert.ThrowsAsync<InvalidOperationException>(async () => await stream.WriteAsync(new byte[1]));
        await harness.Peer.SendAsync(RawFrame.Ping(3));
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo("WINDOW FIN #1 0"));
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo("PING ACK #0 3"), "one FIN");
    }

    [Test]
    public async Task What_the_remote_had_finished_saying_can_be_read_after_the_connection_is_gone()
    {
        await using var harness = new SessionHarness();
        YamuxStream stream = await harness.AcceptAsync(1);
        await harness.Peer.SendAsync(RawFrame.Data(1, "farewell"u8.ToArray(), RawFrame.Fin));
        await harness.SettleAsync();
        await harness.Peer.DisposeAsync();
        await harness.Session.Completion.InTime();
        Assert.That(await stream.ReadAllAsync(), Is.EqualTo("farewell"u8.ToArray()));
        Assert.That(stream.WriteError(), Is.EqualTo(StreamError.ConnectionClosed));
    }

    [Test]
    public async Task A_stream_cut_off_by_the_end_of_the_connection_says_so()
    {
        await using var harness = new SessionHarness();
        YamuxStream stream = await harness.AcceptAsync(1);
        await harness.Peer.SendAsync(RawFrame.Data(1, "farew"u8.ToArray()));
        await harness.SettleAsync();
        await harness.Peer.DisposeAsync();
        await harness.Session.Completion.InTime();
        Assert.That(stream.ReadError(), Is.EqualTo(StreamError.ConnectionClosed));
    }
}
