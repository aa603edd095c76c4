using Relay.Libp2p.Tests.Scripting;
using Relay.Libp2p.Yamux;

namespace Relay.Libp2p.Tests.Yamux;

[CancelAfter(60_000)]
public class YamuxWindowGrowthTests
{
    private const uint Window = 256 * 1024;
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(10);

    // The remote fills half a window, the reader takes it; the grant that follows is the result.
    private static async Task<uint> ConsumeHalfAsync(SessionHarness harness, YamuxStream stream, uint window)
    {
        for (uint rest = window / 2; rest > 0; rest -= Math.Min(rest, Window / 2))
        {
            await harness.Peer.SendAsync(RawFrame.Data(stream.Id, new byte[Math.Min(rest, Window / 2)]));
            await stream.ReadBytesAsync((int)Math.Min(rest, Window / 2));
        }

        return (await harness.Peer.ReceiveAsync(f => f.Type == 1 && f.StreamId == stream.Id)).Length;
    }

    // The first half window makes the session measure the round trip.
    private static async Task<YamuxStream> MeasuredStreamAsync(SessionHarness harness, uint id = 1)
    {
        YamuxStream stream = await harness.AcceptAsync(id);
        Assert.That(await ConsumeHalfAsync(harness, stream, Window), Is.EqualTo(Window / 2), "the round trip is not known yet");
        return stream;
    }

    private static async Task AnswerPingAsync(SessionHarness harness)
    {
        RawFrame ping = await harness.Peer.ReceiveAsync(f => f.Type == 2);
        harness.Time.Advance(RoundTrip);
        await harness.Peer.SendAsync(RawFrame.Ping(ping.Length, RawFrame.Ack));
        await harness.SettleAsync();
    }

    private static async Task<(SessionHarness Harness, YamuxStream Stream)> PrepareAsync(YamuxOptions? options = null, long budget = 16 * 1024 * 1024)
    {
        var harness = new SessionHarness(options, budget: budget);
        YamuxStream stream = await harness.AcceptAsync(1);
        await harness.Peer.SendAsync(RawFrame.Data(1, new byte[Window / 2]));
        await stream.ReadBytesAsync((int)Window / 2);
        await AnswerPingAsync(harness); // the grant of the first half is passed over
        return (harness, stream);
    }

    [Test]
    public async Task The_window_stays_until_the_round_trip_is_known()
    {
        await using var harness = new SessionHarness();
        YamuxStream stream = await MeasuredStreamAsync(harness);
        Assert.That(harness.Budget.Reserved, Is.Zero);
        Assert.That(stream.ReceiveBound, Is.EqualTo(Window + ReceiveQueue.MaxSegment));
    }

    [Test]
    public async Task A_window_that_holds_the_remote_back_doubles_up_to_its_bound()
    {
        var (harness, stream) = await PrepareAsync();
        await using (harness)
        {
            Assert.That(await ConsumeHalfAsync(harness, stream, Window), Is.EqualTo(Window / 2 + Window), "256 KiB -> 512 KiB");
            Assert.That(await ConsumeHalfAsync(harness, stream, 2 * Window), Is.EqualTo(Window + 2 * Window), "512 KiB -> 1 MiB");
            Assert.That(await ConsumeHalfAsync(harness, stream, 4 * Window), Is.EqualTo(2 * Window), "1 MiB is the bound");
            Assert.That(harness.Budget.Reserved, Is.EqualTo(3 * Window));
            Assert.That(stream.ReceiveBound, Is.EqualTo(4 * Window + ReceiveQueue.MaxSegment));
        }
    }

    [Test]
    public async Task A_window_does_not_pass_a_bound_that_is_no_power_of_two()
    {
        var (harness, stream) = await PrepareAsync(SessionHarness.SmallOptions with { MaxWindow = Window + 100_000 });
        await using (harness)
        {
            Assert.That(await ConsumeHalfAsync(harness, stream, Window), Is.EqualTo(Window / 2 + 100_000));
            Assert.That(stream.ReceiveBound, Is.EqualTo(Window + 100_000 + ReceiveQueue.MaxSegment));
        }
    }

    [Test]
    public async Task A_slow_reader_is_given_no_larger_window()
    {
        var (harness, stream) = await PrepareAsync();
        await using (harness)
        {
            harness.Time.Advance(4 * RoundTrip);
            Assert.That(await ConsumeHalfAsync(harness, stream, Window), Is.EqualTo(Window / 2));
        }
    }

    [Test]
    public async Task Without_budget_a_window_stays_as_it_is()
    {
        var (harness, stream) = await PrepareAsync(budget: Window - 1);
        await using (harness)
            Assert.That(await ConsumeHalfAsync(harness, stream, Window), Is.EqualTo(Window / 2));
    }

    [TestCase("remote resets")]
    [TestCase("reset here")]
    [TestCase("both close")]
    [TestCase("the session ends")]
    public async Task The_end_of_a_stream_gives_its_growth_back(string end)
    {
        var (harness, stream) = await PrepareAsync(budget: Window);
        await using (harness)
        {
            await ConsumeHalfAsync(harness, stream, Window);
            Assert.That(harness.Budget.Reserved, Is.EqualTo(Window), "exactly the budget");
            if (end == "remote resets")
                await harness.Peer.SendAsync(RawFrame.Window(1, 0, RawFrame.Rst));
            else if (end == "both close")
                await harness.Peer.SendAsync(RawFrame.Window(1, 0, RawFrame.Fin));
            if (end == "both close")
                await stream.CloseWriteAsync();
            else if (end == "reset here")
                stream.Reset();
            else if (end == "the session ends")
                harness.Session.Terminate(new IOException());
            if (end != "the session ends")
                await harness.SettleAsync();
            Assert.That(harness.Budget.Reserved, Is.Zero);
        }
    }
}
