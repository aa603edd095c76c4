using Relay.Libp2p.Tests.Scripting;

namespace Relay.Libp2p.Tests.Yamux;

[CancelAfter(60_000)]
public class YamuxFairnessTests
{
    private const int Streams = 4;

    // All writers stand in line before the remote reads anything.
    private static async Task<(SessionHarness Harness, Task Writing)> StartWritersAsync(params int[] lengths)
    {
        var harness = new SessionHarness(isInitiator: true, capacity: 1024);
        Task[] writing = [harness.Open().WriteAsync(new byte[150_000]).AsTask(), .. lengths.Select(n => harness.Open().WriteAsync(new byte[n]).AsTask())];
        await harness.Near.WriteStalled.InTime();
        return (harness, Task.WhenAll(writing));
    }

    private static async Task<List<RawFrame>> ReceiveDataAsync(SessionHarness harness, int total)
    {
        List<RawFrame> frames = [];
        while (frames.Sum(f => f.Body.Length) < total)
            frames.Add(await harness.Peer.ReceiveAsync(f => f.Type == 0));
        return frames;
    }

    [Test]
    public async Task Streams_take_turns()
    {
        var (harness, writing) = await StartWritersAsync([.. Enumerable.Repeat(150_000, Streams - 1)]);
        await using (harness)
        {
            List<RawFrame> frames = await ReceiveDataAsync(harness, Streams * 150_000);
            await writing.InTime();
            Dictionary<uint, int> last = frames.Select((f, i) => (f.StreamId, i)).GroupBy(f => f.StreamId).ToDictionary(g => g.Key, g => g.Max(f => f.i));
            int first = frames.FindIndex(f => f.StreamId == 3); // from here on all have something to send
            for (int i = first; i + Streams <= last.Values.Min(); i++)
            {
                Assert.That(frames.Skip(i).Take(Streams).Select(f => f.StreamId).Distinct().Count(), Is.EqualTo(Streams), "each in each round");
                Assert.That(frames[i].Length, Is.LessThanOrEqualTo(16 * 1024), "a turn is short while others wait");
            }
        }
    }

    [Test]
    public async Task A_few_bytes_are_not_kept_waiting_behind_a_bulk_transfer()
    {
        var (harness, writing) = await StartWritersAsync(150_000, 5);
        await using (harness)
        {
            List<RawFrame> frames = await ReceiveDataAsync(harness, 300_005);
            await writing.InTime();
            int small = frames.FindIndex(f => f.StreamId == 5);
            int bulkBefore = frames.Take(small).Where(f => f.StreamId == 3).Sum(f => f.Body.Length);
            Assert.That(bulkBefore, Is.LessThanOrEqualTo(16 * 1024), "one turn of the stream that was before it in line");
        }
    }

    [Test]
    public async Task A_stream_alone_sends_long_frames()
    {
        await using var harness = new SessionHarness(isInitiator: true);
        await harness.Open().WriteAsync(new byte[200_000]);
        List<RawFrame> frames = await ReceiveDataAsync(harness, 200_000);
        Assert.That(frames.Max(f => f.Length), Is.EqualTo(64 * 1024));
    }
}
