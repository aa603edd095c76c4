using System.Security.Cryptography;
using Relay.Libp2p.Tests.Scripting;
using Relay.Libp2p.Yamux;

namespace Relay.Libp2p.Tests.Yamux;

[CancelAfter(120_000)]
public class YamuxStressTests
{
    private static async Task EchoAsync(YamuxStream stream)
    {
        await using (stream)
        {
            await stream.CopyToAsync(stream, 10_000);
            await stream.CloseWriteAsync();
        }
    }

    [TestCase(1, 64 * 1024)]
    [TestCase(2, 3000)]
    public async Task Many_streams_at_once_carry_each_its_own_bytes(int seed, int capacity)
    {
        await using var pair = new SessionPair(EchoAsync, capacity: capacity);
        Task[] clients = [.. Enumerable.Range(0, 40).Select(i => Task.Run(() => TransferAsync(i % 2 == 0 ? pair.Initiator : pair.Responder, new Random(1000 * seed + i))))];
        await Task.WhenAll(clients).InTime();
        await Eventually.EqualsAsync(0, () => pair.Initiator.StreamCount + pair.Responder.StreamCount, "the number of streams");
    }

    private static async Task TransferAsync(YamuxSession session, Random random)
    {
        byte[] data = new byte[random.Next(1, 600_000)];
        random.NextBytes(data);
        await using YamuxStream stream = session.OpenStream();
        Task writing = Task.Run(async () =>
        {
            for (int sent = 0; sent < data.Length;)
            {
                int count = Math.Min(data.Length - sent, random.Next(1, 100_000));
                await stream.WriteAsync(data.AsMemory(sent, count));
                sent += count;
            }

            await stream.CloseWriteAsync();
        });
        byte[] echoed = await stream.ReadAllAsync();
        await writing;
        Assert.That(SHA256.HashData(echoed), Is.EqualTo(SHA256.HashData(data)));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(4)]
    public async Task Streams_may_be_treated_in_any_way_at_any_time(int seed)
    {
        await using var pair = new SessionPair(stream => MistreatAsync(stream, new Random(seed + (int)stream.Id)), capacity: 5000);
        Task[] clients = [.. Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            for (int n = 0; n < 30; n++)
                await MistreatAsync((i % 2 == 0 ? pair.Initiator : pair.Responder).OpenStream(), new Random(seed * 10_000 + i * 100 + n));
        }))];
        await Task.WhenAll(clients).InTime();
        Assert.That(pair.Initiator.CloseReason ?? pair.Responder.CloseReason, Is.Null, "the sessions have taken no harm");
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public async Task A_session_may_end_under_everything(int seed)
    {
        await using var pair = new SessionPair(stream => MistreatAsync(stream, new Random(seed + (int)stream.Id)), capacity: 5000);
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int done = 0;
        Task[] clients = [.. Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            try
            {
                for (int n = 0; ; n++)
                {
                    await MistreatAsync(pair.Initiator.OpenStream(), new Random(seed * 10_000 + i * 100 + n));
                    if (Interlocked.Increment(ref done) == 40)
                        enough.SetResult();
                }
            }
            catch (StreamException e) when (e.Reason == StreamError.ConnectionClosed)
            {
                // As expected.
            }
        }))];
        await enough.Task.InTime();
        if (seed == 1)
            await pair.Initiator.CloseAsync(0, new IOException("Closed here."));
        else if (seed == 2)
            pair.Initiator.Terminate(new IOException("Ended here."));
        else
            pair.Responder.Terminate(new IOException("Ended there."));
        await Task.WhenAll(clients).InTime();
    }

    // Reads and writes some, and ends the stream in one way or another, at times while the other direction is at it.
    private static async Task MistreatAsync(YamuxStream stream, Random random)
    {
        await using (stream)
        {
            int way = random.Next(6);
            using var cancelled = new CancellationTokenSource();
            Task writing = GuardAsync(async () =>
            {
                for (int i = 0; i < 4; i++)
                    await stream.WriteAsync(new byte[random.Next(1, 80_000)], cancelled.Token);
                await stream.CloseWriteAsync();
            });
            Task reading = GuardAsync(async () =>
            {
                byte[] buffer = new byte[4000];
                while (await stream.ReadAsync(buffer, cancelled.Token) > 0)
                {
                }
            });
            if (way < 4)
                await Task.Yield();
            if (way == 0)
                stream.Reset();
            else if (way == 1)
                await cancelled.CancelAsync();
            else if (way == 2)
                stream.Dispose();
            else if (way == 3)
                await GuardAsync(async () => await stream.CloseWriteAsync());
            if (way != 4)
                stream.Reset(); // otherwise both could wait for each other's windows for ever
            else
                await cancelled.CancelAsync();
            await Task.WhenAll(writing, reading);
        }
    }

    private static async Task GuardAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e) when (e is StreamException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // What a stream that was ended says.
        }
    }
}
