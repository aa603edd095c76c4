using BenchmarkDotNet.Attributes;

namespace Relay.Benchmarks.Connections;

/// <summary>What does a secured, multiplexed connection cost per MiB, both of its ends, without the kernel, and what does it allocate?</summary>
/// <remarks>
/// Written in pieces of a ping, of a typical message, and of a whole frame, on one stream and on sixteen that share the connection. Beside two seals and opens
/// of the same bytes (<see cref="NoiseCipherBenchmarks"/>) it says what the muxer itself costs. Each row is one MiB from end to end.
/// </remarks>
public class YamuxBenchmarks
{
    private const int MiB = 1 << 20;
    private const int Total = 16 * MiB;

    private YamuxLink _link = null!;
    private byte[] _piece = [];

    [Params(1024, 16 * 1024, 64 * 1024)]
    public int PieceLength { get; set; }

    [Params(1, 16)]
    public int Streams { get; set; }

    [GlobalSetup]
    public async Task SetUp()
    {
        _piece = new byte[PieceLength];
        _link = await YamuxLink.OpenAsync(Streams, PieceLength);
    }

    [GlobalCleanup]
    public void CleanUp() => _link.Dispose();

    [Benchmark(OperationsPerInvoke = Total / MiB)]
    public Task Carry() => _link.CarryAsync(_piece, Total / Streams);
}
