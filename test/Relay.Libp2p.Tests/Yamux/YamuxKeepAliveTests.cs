using Relay.Libp2p.Tests.Scripting;
using Relay.Libp2p.Yamux;

namespace Relay.Libp2p.Tests.Yamux;

[CancelAfter(60_000)]
public class YamuxKeepAliveTests
{
    private static readonly TimeSpan Interval = SessionHarness.SmallOptions.KeepAliveInterval;
    private static readonly TimeSpan Timeout = SessionHarness.SmallOptions.KeepAliveTimeout;
    private static readonly TimeSpan Linger = SessionHarness.SmallOptions.StreamLinger;

    // In steps as the clock ticks, so that every tick sees its own time.
    private static void Pass(SessionHarness harness, TimeSpan time)
    {
        for (TimeSpan step = Interval / 2; time > TimeSpan.Zero; time -= step)
            harness.Time.Advance(time < step ? time : step);
    }

    [Test]
    public async Task A_silent_remote_is_asked_for_a_sign_of_life_in_time()
    {
        await using var harness = new SessionHarness();
        Pass(harness, Interval);
        RawFrame ping = (await harness.Peer.ReceiveAsync())!;
        Assert.That($"{ping}", Is.EqualTo("PING SYN #0 1"));
        await harness.Peer.SendAsync(RawFrame.Ping(ping.Length, RawFrame.Ack));
        await harness.SettleAsync();
        Pass(harness, Interval);
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo("PING SYN #0 2"), "each ping has a value of its own");
    }

    [Test]
    public async Task A_remote_that_stays_silent_is_given_up()
    {
        await using var harness = new SessionHarness();
        YamuxStream stream = await harness.AcceptAsync(1);
        Pass(harness, Interval + Timeout);
        Assert.That(harness.Session.CloseReason, Is.Null, "not too early");
        Pass(harness, Interval / 2);
        await harness.Session.Completion.InTime();
        Assert.That(harness.Session.CloseReason, Is.InstanceOf<TimeoutException>());
        Assert.That(stream.ReadError(), Is.EqualTo(StreamError.ConnectionClosed));
    }

    [Test]
    public async Task Any_frame_is_a_sign_of_life_even_when_pings_are_not_answered()
    {
        await using var harness = new SessionHarness();
        await harness.AcceptAsync(1);
        for (int i = 0; i < 10; i++)
        {
            Pass(harness, Interval);
            await harness.Peer.SendAsync(RawFrame.Window(1, 1));
            await harness.SettleAsync();
        }

        Assert.That(harness.Session.CloseReason, Is.Null);
    }

    [Test]
    public async Task An_answer_with_another_value_ends_the_session()
    {
        await using var harness = new SessionHarness();
        Pass(harness, Interval);
        RawFrame ping = (await harness.Peer.ReceiveAsync())!;
        await harness.Peer.SendAsync(RawFrame.Ping(ping.Length + 1, RawFrame.Ack));
        await harness.ExpectViolationAsync("not sent");
    }

    [Test]
    public async Task A_second_answer_to_one_ping_ends_the_session()
    {
        await using var harness = new SessionHarness();
        Pass(harness, Interval);
        RawFrame ping = (await harness.Peer.ReceiveAsync())!;
        await harness.Peer.SendAsync(RawFrame.Ping(ping.Length, RawFrame.Ack), RawFrame.Ping(ping.Length, RawFrame.Ack));
        await harness.ExpectViolationAsync("not sent");
    }

    [Test]
    public async Task A_remote_that_speaks_and_never_reads_is_given_up()
    {
        await using var harness = new SessionHarness(isInitiator: true, capacity: 1024);
        Task writing = harness.Open().WriteAsync(new byte[200_000]).AsTask();
        await harness.Near.WriteStalled.InTime();
        for (TimeSpan passed = TimeSpan.Zero; passed <= Timeout; passed += Interval / 2)
        {
            Assert.That(harness.Session.CloseReason, Is.Null, "not too early");
            await harness.Peer.SendAsync(RawFrame.Window(1, 0));
            Pass(harness, Interval / 2);
        }

        await harness.Session.Completion.InTime();
        Assert.That(harness.Session.CloseReason, Is.InstanceOf<TimeoutException>().With.Message.Contains("stopped reading"));
        Assert.That(Assert.ThrowsAsync<StreamException>(() => writing.InTime())!.Reason, Is.EqualTo(StreamError.ConnectionClosed));
    }

    [Test]
    public async Task A_stream_the_remote_never_closes_is_reset_after_a_while()
    {
        await using var harness = new SessionHarness();
        YamuxStream stream = await harness.AcceptAsync(1);
        await stream.CloseWriteAsync();
        await stream.DisposeAsync();
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo("WINDOW FIN #1 0"));
        await KeepTalkingAsync(harness, Linger);
        Assert.That(harness.Session.StreamCount, Is.EqualTo(1), "not too early");
        Pass(harness, Interval / 2);
        Assert.That(harness.Session.StreamCount, Is.Zero);
        Assert.That($"{await harness.Peer.ReceiveAsync(f => f.StreamId == 1)}", Is.EqualTo("WINDOW RST #1 0"));
    }

    [Test]
    public async Task A_half_closed_stream_that_is_in_use_stays()
    {
        await using var harness = new SessionHarness();
        YamuxStream stream = await harness.AcceptAsync(1);
        await stream.CloseWriteAsync();
        await KeepTalkingAsync(harness, 3 * Linger);
        await harness.Peer.SendAsync(RawFrame.Data(1, [1], RawFrame.Fin));
        Assert.That(await stream.ReadAllAsync(), Is.EqualTo(new byte[] { 1 }));
    }

    private static async Task KeepTalkingAsync(SessionHarness harness, TimeSpan time)
    {
        for (; time > TimeSpan.Zero; time -= Interval / 2)
        {
            Pass(harness, Interval / 2);
            await harness.SettleAsync();
        }
    }
}
