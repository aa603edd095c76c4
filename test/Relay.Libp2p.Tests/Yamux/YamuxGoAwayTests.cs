using Relay.Libp2p.Tests.Scripting;
using Relay.Libp2p.Yamux;

namespace Relay.Libp2p.Tests.Yamux;

[CancelAfter(60_000)]
public class YamuxGoAwayTests
{
    [TestCase(0u)]
    [TestCase(1u)]
    [TestCase(2u)]
    public async Task Closing_says_goodbye_after_what_was_written(uint code)
    {
        await using var harness = new SessionHarness(isInitiator: true);
        YamuxStream stream = harness.Open();
        await stream.WriteAsync(new byte[100_000]);
        await stream.CloseWriteAsync();
        Task closing = harness.Session.CloseAsync(code, new IOException("Closed here."));
        List<RawFrame> frames = await harness.Peer.ReceiveToEndAsync();
        await closing.InTime();
        Assert.Multiple(() =>
        {
            Assert.That(frames.Sum(f => f.Body.Length), Is.EqualTo(100_000));
            Assert.That($"{frames[^2]}", Is.EqualTo("WINDOW FIN #1 0"));
            Assert.That($"{frames[^1]}", Is.EqualTo($"GOAWAY #0 {code}"));
            Assert.That(harness.Session.CloseReason!.Message, Is.EqualTo("Closed here."));
        });
    }

    [Test]
    public async Task Closing_twice_at_once_is_closing_once()
    {
        await using var harness = new SessionHarness();
        Task[] closing = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() => harness.Session.CloseAsync(0, new IOException("Closed here."))))];
        List<RawFrame> frames = await harness.Peer.ReceiveToEndAsync();
        await Task.WhenAll(closing).InTime();
        Assert.That(frames.Select(f => f.ToString()), Is.EqualTo(new[] { "GOAWAY #0 0" }));
    }

    [Test]
    public async Task A_remote_that_does_not_read_cannot_hold_up_the_closing()
    {
        await using var harness = new SessionHarness(isInitiator: true, capacity: 1024);
        Task writing = harness.Open().WriteAsync(new byte[200_000]).AsTask();
        await harness.Near.WriteStalled.InTime();
        Task closing = harness.Session.CloseAsync(0, new IOException("Closed here."));
        await harness.Time.TimerIsArmedAsync(TimeSpan.FromSeconds(1));
        harness.Time.Advance(TimeSpan.FromSeconds(1));
        await closing.InTime();
        Assert.ThrowsAsync<StreamException>(() => writing.InTime());
    }

    [Test]
    public async Task A_remote_that_has_said_goodbye_is_offered_no_streams_and_those_it_has_go_on()
    {
        await using var harness = new SessionHarness();
        YamuxStream stream = await harness.AcceptAsync(1);
        await harness.Peer.SendAsync(RawFrame.GoAway(0));
        await harness.SettleAsync();
        Assert.That(Assert.Throws<StreamException>(() => harness.Session.OpenStream())!.Reason, Is.EqualTo(StreamError.ConnectionClosed));
        await stream.WriteAsync("rest"u8.ToArray());
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo("DATA #1 4"));
        await harness.Peer.SendAsync(RawFrame.Data(1, [1], RawFrame.Fin));
        Assert.That(await stream.ReadAllAsync(), Is.EqualTo(new byte[] { 1 }));
    }

    [Test]
    public async Task Ending_a_session_before_it_starts_leaves_nothing_behind()
    {
        await using var harness = new SessionHarness(start: false);
        harness.Session.Terminate(new IOException("Too late."));
        harness.Start();
        await harness.Session.Completion.InTime();
        Assert.That(harness.Time.ActiveTimers, Is.Zero);
    }
}
