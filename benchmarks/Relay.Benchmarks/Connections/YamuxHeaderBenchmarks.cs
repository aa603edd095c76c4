using BenchmarkDotNet.Attributes;
using Relay.Libp2p.Yamux;

namespace Relay.Benchmarks.Connections;

/// <summary>What does the 12-byte header of a Yamux frame cost to write and to read? A ping through a circuit has four of them.</summary>
/// <remarks>No parameters: every frame has the same header.</remarks>
public class YamuxHeaderBenchmarks
{
    private readonly byte[] _bytes = new byte[YamuxProtocol.HeaderLength];
    private uint _stream;

    [GlobalSetup]
    public void SetUp() => Write();

    [Benchmark]
    public void Write() => new YamuxHeader(YamuxFrameType.Data, YamuxFlags.None, _stream += 2, 64 * 1024).Write(_bytes);

    [Benchmark]
    public uint Read() => YamuxHeader.Read(_bytes).Length;
}
