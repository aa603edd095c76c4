using BenchmarkDotNet.Attributes;
using Relay.Circuit.Splicing;

namespace Relay.Benchmarks.Splicing;

/// <summary>What does the splice add to each chunk it carries, and does it allocate?</summary>
/// <remarks>
/// From the 32 bytes of a ping to the 64 KiB of a full buffer: as no byte is touched, the time must not depend on it. Chunks are there when they are asked
/// for, as on a busy circuit, or come later, which adds a wait, and renting and returning the buffer. Each row is one chunk of one direction; opening and
/// ending a circuit is spread over <see cref="Chunks"/> of them.
/// </remarks>
public class SpliceBenchmarks
{
    private const int Chunks = 8192;

    private SpliceResources _resources = null!;

    [Params(32, 1024, 16 * 1024, 64 * 1024)]
    public int ChunkLength { get; set; }

    [Params(true, false)]
    public bool IsPrompt { get; set; }

    [GlobalSetup]
    public void SetUp()
        => _resources = new SpliceResources(new RentedBuffers(64 * 1024), new SharedRate(TimeProvider.System), TimeProvider.System);

    [Benchmark(OperationsPerInvoke = Chunks)]
    public async Task Forward()
    {
        var source = new ChunkStream(Chunks, ChunkLength, IsPrompt);
        var destination = new ChunkStream(0, ChunkLength, isPrompt: true);
        SpliceResult result = await new Splice(source, destination, new SpliceTerms(), _resources).RunAsync(CancellationToken.None);
        if (result.BytesToDestination != (long)Chunks * ChunkLength || _resources.Buffers.Count != 0)
            throw new InvalidOperationException($"Carried {result.BytesToDestination} bytes, {_resources.Buffers.Count} buffers are out.");
    }
}
