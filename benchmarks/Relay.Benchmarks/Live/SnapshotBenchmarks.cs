using BenchmarkDotNet.Attributes;
using Relay.Benchmarks.Splicing;
using Relay.Circuit;
using Relay.Circuit.Live;
using Relay.Circuit.Splicing;

namespace Relay.Benchmarks.Live;

/// <summary>What does it cost to look at the live table, and for how long are circuits that open and close meanwhile held up?</summary>
/// <remarks>
/// From a small relay to ten times the default cap. <see cref="Rows"/> is what whoever looks pays; <see cref="Copy"/> is the part of it that is done under the
/// table's lock; <see cref="Bytes"/> is what each collection of <c>relay.bytes</c> costs.
/// </remarks>
[MemoryDiagnoser]
public class SnapshotBenchmarks
{
    private readonly CircuitTable _table = new();

    [Params(100, 1_000, 10_000)]
    public int Circuits { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var resources = new SpliceResources(new RentedBuffers(1024), new SharedRate(TimeProvider.System), TimeProvider.System);
        var source = new ChunkStream(0, 1, isPrompt: true);
        var destination = new ChunkStream(0, 1, isPrompt: true);
        for (int i = 0; i < Circuits; i++)
        {
            _table.Add(new LiveCircuit(new Splice(source, destination, new SpliceTerms(), resources))
            {
                Id = _table.NextId(),
                Source = source.RemotePeer,
                SourceAddress = source.RemoteAddress,
                Destination = destination.RemotePeer,
                DestinationAddress = destination.RemoteAddress,
                Admitted = new Decision(Status.Ok, ReasonCode.CircuitAdmitted),
                OpenedAt = DateTimeOffset.UtcNow,
                Opened = TimeProvider.System.GetTimestamp(),
                MaxDuration = null,
            });
        }
    }

    [Benchmark(Baseline = true)]
    public int Rows() => _table.TakeRows(TimeProvider.System).Count;

    [Benchmark]
    public int Copy() => _table.ToArray().Length;

    [Benchmark]
    public long Bytes() => _table.Bytes.ToDestination;
}
