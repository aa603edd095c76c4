using Relay.Libp2p.Tests.Scripting;
using Relay.Libp2p.Yamux;

namespace Relay.Libp2p.Tests.Yamux;

/// <summary>The thread that reads the connection may go on with a reader it has served; nobody else may feel that.</summary>
[CancelAfter(60_000)]
public class YamuxAwakenTests
{
    [Test]
    public async Task A_lone_reader_goes_on_on_the_thread_that_has_read()
    {
        await using var harness = new SessionHarness();
        Task<string> where = ReadAndLookAsync(await harness.AcceptAsync(1));
        await harness.Peer.SendAsync(RawFrame.Data(1, [1]));
        Assert.That(await where.InTime(), Does.Contain(nameof(YamuxStream.GoOn)));

        static async Task<string> ReadAndLookAsync(YamuxStream stream)
        {
            await ReadAsync(stream).ConfigureAwait(false);
            return Environment.StackTrace;
        }
    }

    [Test]
    public async Task Whoever_starts_the_session_goes_on_with_nobody()
    {
        var goOn = new ManualResetEventSlim(); // not disposed: somebody may still wait
        Task<int>? blocked = null;
        await using var harness = new SessionHarness(start: false) { OnAccept = stream => blocked = ReadAndWaitAsync(stream, goOn) };
        await harness.Peer.SendAsync(RawFrame.Data(1, [1], RawFrame.Syn));

        await Task.Run(harness.Start).InTime();
        Assert.That(blocked, Is.Not.Null, "the session has read the stream while it was started");
        goOn.Set();
        Assert.That(await blocked.InTime(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_reader_in_a_context_that_takes_no_more_is_lost_alone()
    {
        await using var harness = new SessionHarness();
        YamuxStream stream = await harness.AcceptAsync(1);
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new ClosedContext());
        Task lost = ReadInContextAsync(stream);
        SynchronizationContext.SetSynchronizationContext(before);

        await harness.Peer.SendAsync(RawFrame.Data(1, [1]));
        await harness.SettleAsync();
        Assert.That(harness.Session.CloseReason, Is.Null);
        Assert.That(lost.IsCompleted, Is.False);

        static async Task<int> ReadInContextAsync(YamuxStream stream) => await stream.ReadAsync(new byte[10]);
    }

    [Test]
    public async Task A_reader_that_blocks_holds_nobody_up()
    {
        await using var harness = new SessionHarness();
        var goOn = new ManualResetEventSlim();
        Task<int> blocked = ReadAndWaitAsync(await harness.AcceptAsync(1), goOn);
        Task<int> other = ReadAsync(await harness.AcceptAsync(3));

        await harness.Peer.SendAsync(RawFrame.Data(1, [1]));
        await harness.SettleAsync();
        await harness.Peer.SendAsync(RawFrame.Data(3, [1, 2]));
        Assert.That(await other.InTime(), Is.EqualTo(2));
        Assert.That(blocked.IsCompleted, Is.False);

        goOn.Set();
        Assert.That(await blocked.InTime(), Is.EqualTo(1));
    }

    [TestCase(1, 3)]
    [TestCase(3, 1)]
    public async Task Nor_does_it_hold_up_those_that_are_served_at_once_with_it(int first, int second)
    {
        await using var harness = new SessionHarness();
        var goOn = new ManualResetEventSlim();
        Task<int> blocked = ReadAndWaitAsync(await harness.AcceptAsync(1), goOn);
        Task<int> other = ReadAsync(await harness.AcceptAsync(3));

        await harness.Peer.SendAsync(RawFrame.Data((uint)first, [1, 2]), RawFrame.Data((uint)second, [1, 2]));
        Assert.That(await other.InTime(), Is.EqualTo(2));
        await harness.SettleAsync();
        Assert.That(blocked.IsCompleted, Is.False);

        goOn.Set();
        Assert.That(await blocked.InTime(), Is.EqualTo(2));
    }

    [Test]
    public async Task What_came_ahead_of_a_violation_is_read()
    {
        await using var harness = new SessionHarness();
        Task<int> reading = ReadAsync(await harness.AcceptAsync(1));
        await harness.Peer.SendAsync(RawFrame.Data(1, [1, 2, 3]), RawFrame.Data(0, [1]));
        await harness.ExpectViolationAsync("for stream 0");
        Assert.That(await reading.InTime(), Is.EqualTo(3));
    }

    [Test]
    public async Task So_is_what_came_ahead_of_the_end_of_the_connection()
    {
        await using var harness = new SessionHarness();
        Task<int> reading = ReadAsync(await harness.AcceptAsync(1));
        await harness.Peer.SendAsync(RawFrame.Data(1, [1, 2, 3]));
        await harness.Peer.DisposeAsync();
        Assert.That(await reading.InTime(), Is.EqualTo(3));
        await harness.Session.Completion.InTime();
    }

    private static async Task<int> ReadAsync(YamuxStream stream) => await stream.ReadAsync(new byte[10]).ConfigureAwait(false);

    private static async Task<int> ReadAndWaitAsync(YamuxStream stream, ManualResetEventSlim goOn)
    {
        int count = await ReadAsync(stream).ConfigureAwait(false);
        goOn.Wait();
        return count;
    }

    private sealed class ClosedContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => throw new InvalidOperationException("The application has ended.");
    }
}
