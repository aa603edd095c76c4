using Relay.Libp2p.Tests.Scripting;
using Relay.Libp2p.Yamux;

namespace Relay.Libp2p.Tests.Yamux;

[CancelAfter(60_000)]
public class YamuxFloodTests
{
    private static readonly int MaxStreams = SessionHarness.SmallOptions.MaxStreams;

    private static RawFrame Syn(int index) => RawFrame.Window((uint)(2 * index + 1), 0, RawFrame.Syn);

    private static RawFrame Rst(int index) => RawFrame.Window((uint)(2 * index + 1), 0, RawFrame.Rst);

    // The session says goodbye to a remote that does not listen, and waits a second for it.
    private static async Task ExpectEndAsync(SessionHarness harness, string what)
    {
        await harness.Time.TimerIsArmedAsync(TimeSpan.FromSeconds(1));
        harness.Time.Advance(TimeSpan.FromSeconds(1));
        await harness.Session.Completion.InTime();
        Assert.That(harness.Session.CloseReason, Is.InstanceOf<YamuxException>());
        Assert.That(harness.Session.CloseReason!.Message, Does.Contain(what));
    }

    // Fills the connection so that the session can send nothing more.
    private static async Task StallAsync(SessionHarness harness)
    {
        _ = harness.Open().WriteAsync(new byte[200_000]).AsTask().ContinueWith(t => t.Exception);
        await harness.Near.WriteStalled.InTime();
    }

    [Test]
    public async Task Exactly_as_many_streams_as_allowed_are_accepted_and_one_more_is_reset()
    {
        await using var harness = new SessionHarness();
        await harness.Peer.SendAsync([.. Enumerable.Range(0, MaxStreams + 1).Select(Syn)]);
        List<string> answers = [];
        for (int i = 0; i <= MaxStreams; i++)
            answers.Add($"{await harness.Peer.ReceiveAsync()}");
        Assert.That(answers.Count(a => a.StartsWith("WINDOW ACK", StringComparison.Ordinal)), Is.EqualTo(MaxStreams));
        Assert.That(answers, Does.Contain($"WINDOW RST #{2 * MaxStreams + 1} 0"));
        Assert.That(harness.Session.StreamCount, Is.EqualTo(MaxStreams));
    }

    [Test]
    public async Task A_stream_that_ends_makes_room_for_another()
    {
        await using var harness = new SessionHarness();
        await harness.Peer.SendAsync([.. Enumerable.Range(0, MaxStreams).Select(Syn)]);
        YamuxStream first = await harness.AcceptAsync();
        first.Dispose();
        await harness.SettleAsync();
        await harness.Peer.SendAsync(Syn(MaxStreams));
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo($"WINDOW ACK #{2 * MaxStreams + 1} 0"));
    }

    [Test]
    public async Task What_is_sent_on_a_refused_stream_is_passed_over()
    {
        await using var harness = new SessionHarness(SessionHarness.SmallOptions with { MaxStreams = 1 });
        YamuxStream stream = await harness.AcceptAsync(1);
        await harness.Peer.SendAsync(
            RawFrame.Data(3, new byte[1000], RawFrame.Syn), RawFrame.Data(3, new byte[1000], RawFrame.Fin), RawFrame.Data(1, [5], RawFrame.Fin));
        Assert.That(await stream.ReadAllAsync(), Is.EqualTo(new byte[] { 5 }));
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo("WINDOW RST #3 0"));
    }

    [Test]
    public async Task Outbound_streams_have_a_bound_as_well()
    {
        await using var harness = new SessionHarness();
        for (int i = 0; i < MaxStreams; i++)
            harness.Open();
        Assert.That(Assert.Throws<StreamException>(() => harness.Session.OpenStream())!.Reason, Is.EqualTo(StreamError.TooManyStreams));
        await harness.Peer.SendAsync(Syn(0));
        await harness.AcceptAsync();
    }

    [Test]
    public async Task Streams_reset_as_soon_as_they_are_opened_count_until_their_handlers_are_done()
    {
        await using var harness = new SessionHarness();
        for (int i = 0; i < MaxStreams; i++)
            await harness.Peer.SendAsync(Syn(i), Rst(i));
        await harness.SettleAsync();
        Assert.That(harness.Session.StreamCount, Is.Zero);
        await harness.Peer.SendAsync(Syn(MaxStreams));
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo($"WINDOW RST #{2 * MaxStreams + 1} 0"), "their handlers still run");

        (await harness.AcceptAsync()).Dispose();
        await harness.Peer.SendAsync(Syn(MaxStreams + 1));
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo($"WINDOW ACK #{2 * MaxStreams + 3} 0"), "one is done");
    }

    [Test]
    public async Task Refusals_nobody_reads_are_bounded()
    {
        await using var harness = new SessionHarness(SessionHarness.SmallOptions with { MaxStreams = 1 }, capacity: 1024);
        await StallAsync(harness);
        await harness.Peer.SendAsync([.. Enumerable.Range(0, 1024 + 2).Select(Syn)]);
        await ExpectEndAsync(harness, "without reading the refusals");
    }

    [Test]
    public async Task Pings_whose_answers_nobody_reads_are_bounded()
    {
        await using var harness = new SessionHarness(capacity: 1024);
        await StallAsync(harness);
        await harness.Peer.SendAsync([.. Enumerable.Range(0, 65).Select(i => RawFrame.Ping((uint)i))]);
        await ExpectEndAsync(harness, "without reading the answers");
    }

    [Test]
    public async Task Pings_whose_answers_are_read_are_welcome()
    {
        await using var harness = new SessionHarness();
        for (uint i = 0; i < 1000; i++)
        {
            await harness.Peer.SendAsync(RawFrame.Ping(i));
            Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo($"PING ACK #0 {i}"));
        }
    }

    [TestCase(true, Description = "The remote resets what it opened.")]
    [TestCase(false, Description = "The handlers reset it.")]
    public async Task Streams_opened_and_reset_without_reading_are_bounded(bool remoteResets)
    {
        await using var harness = new SessionHarness(capacity: 1024) { OnAccept = stream => stream.Dispose() };
        await StallAsync(harness);
        Task sending = Task.Run(async () =>
        {
            for (int i = 0; i < 10_000; i++)
                await harness.Peer.SendAsync(remoteResets ? [Syn(i), Rst(i)] : [Syn(i)]);
        });
        await ExpectEndAsync(harness, "without reading");
        Assert.ThrowsAsync<IOException>(() => sending.InTime());
    }
}
