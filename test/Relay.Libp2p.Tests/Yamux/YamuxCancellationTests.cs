using Relay.Libp2p.Tests.Scripting;
using Relay.Libp2p.Yamux;

namespace Relay.Libp2p.Tests.Yamux;

[CancelAfter(60_000)]
public class YamuxCancellationTests
{
    [Test]
    public async Task A_cancelled_read_takes_nothing_and_the_next_reads_on()
    {
        await using var harness = new SessionHarness();
        YamuxStream stream = await harness.AcceptAsync(1);
        using var cancelled = new CancellationTokenSource();
        Task<int> reading = stream.ReadAsync(new byte[10], cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        Assert.That(Assert.CatchAsync<OperationCanceledException>(() => reading.InTime())!.CancellationToken, Is.EqualTo(cancelled.Token));
        Assert.CatchAsync<OperationCanceledException>(() => stream.ReadAsync(new byte[10], cancelled.Token).AsTask());
        await harness.Peer.SendAsync(RawFrame.Data(1, [1, 2], RawFrame.Fin));
        Assert.That(await stream.ReadAllAsync(), Is.EqualTo(new byte[] { 1, 2 }));
    }

    [Test]
    public async Task A_cancelled_write_resets_the_stream()
    {
        await using var harness = new SessionHarness();
        YamuxStream stream = await harness.AcceptAsync(1);
        using var cancelled = new CancellationTokenSource();
        Task writing = stream.WriteAsync(new byte[YamuxProtocol.InitialWindow + 1], cancelled.Token).AsTask();
        for (int received = 0; received < YamuxProtocol.InitialWindow;)
            received += (int)(await harness.Peer.ReceiveAsync(f => f.Type == 0)).Length;
        await cancelled.CancelAsync();
        Assert.That(Assert.CatchAsync<OperationCanceledException>(() => writing.InTime())!.CancellationToken, Is.EqualTo(cancelled.Token));
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo("WINDOW RST #1 0"));
        Assert.That(stream.WriteError(), Is.EqualTo(StreamError.Reset));
        Assert.That(harness.Session.StreamCount, Is.Zero);
    }

    [Test]
    public async Task A_write_cancelled_before_it_began_leaves_the_stream_alone()
    {
        await using var harness = new SessionHarness();
        YamuxStream stream = await harness.AcceptAsync(1);
        Assert.CatchAsync<OperationCanceledException>(() => stream.WriteAsync(new byte[1], new CancellationToken(true)).AsTask());
        await stream.WriteAsync(new byte[2]);
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo("DATA #1 2"));
    }

    [Test]
    public async Task Cancelling_after_the_fact_does_nothing()
    {
        await using var harness = new SessionHarness();
        YamuxStream stream = await harness.AcceptAsync(1);
        using var late = new CancellationTokenSource();
        ValueTask<int> reading = stream.ReadAsync(new byte[10], late.Token);
        await harness.Peer.SendAsync(RawFrame.Data(1, [1]));
        Assert.That(await reading, Is.EqualTo(1));
        await stream.WriteAsync(new byte[5], late.Token);
        await late.CancelAsync();
        await stream.WriteAsync(new byte[6]);
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo("DATA #1 5"));
        Assert.That($"{await harness.Peer.ReceiveAsync()}", Is.EqualTo("DATA #1 6"));
    }

    [Test]
    public async Task One_reader_and_one_writer_at_a_time()
    {
        await using var harness = new SessionHarness();
        YamuxStream stream = await harness.AcceptAsync(1);
        Task reading = stream.ReadAsync(new byte[1]).AsTask();
        Task writing = stream.WriteAsync(new byte[YamuxProtocol.InitialWindow + 1]).AsTask();
        Assert.ThrowsAsync<InvalidOperationException>(() => stream.ReadAsync(new byte[1]).AsTask());
        Assert.ThrowsAsync<InvalidOperationException>(() => stream.WriteAsync(new byte[1]).AsTask());
        await harness.Peer.SendAsync(RawFrame.Window(1, 1), RawFrame.Data(1, [1]));
        await Task.WhenAll(reading, writing).InTime();
    }

    [Test]
    public async Task A_read_into_nothing_waits_for_something()
    {
        await using var harness = new SessionHarness();
        YamuxStream stream = await harness.AcceptAsync(1);
        Task<int> waiting = stream.ReadAsync(Memory<byte>.Empty).AsTask();
        await harness.SettleAsync();
        Assert.That(waiting.IsCompleted, Is.False);
        await harness.Peer.SendAsync(RawFrame.Data(1, [1, 2]));
        Assert.That(await waiting.InTime(), Is.Zero);
        Assert.That(await stream.ReadAsync(Memory<byte>.Empty), Is.Zero, "there is something: no wait");
        Assert.That(await stream.ReadBytesAsync(2), Is.EqualTo(new byte[] { 1, 2 }));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public async Task A_read_cancelled_while_bytes_arrive_loses_none(int seed)
    {
        await using var harness = new SessionHarness();
        YamuxStream stream = await harness.AcceptAsync(1);
        var random = new Random(seed);
        byte[] sent = new byte[2000];
        random.NextBytes(sent);
        Task sending = Task.Run(async () =>
        {
            foreach (byte[] chunk in sent.Chunk(3))
                await harness.Peer.SendAsync(RawFrame.Data(1, chunk));
        });
        List<byte> received = [];
        byte[] buffer = new byte[7];
        while (received.Count < sent.Length)
        {
            using var cancelled = new CancellationTokenSource();
            Task cancelling = random.Next(2) == 0 ? Task.Run(cancelled.Cancel) : Task.CompletedTask;
            try
            {
                int count = await stream.ReadAsync(buffer.AsMemory(0, random.Next(1, 7)), cancelled.Token).InTime();
                received.AddRange(buffer.AsSpan(0, count));
            }
            catch (OperationCanceledException)
            {
                // The bytes come with a later read.
            }

            await cancelling;
        }

        await sending;
        Assert.That(received, Is.EqualTo(sent));
    }
}
