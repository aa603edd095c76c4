using Relay.Circuit.Host;
using Relay.Circuit.Splicing;
using Relay.Multiformats;

namespace Relay.Circuit.Tests.Splicing;

/// <summary>What a chunk costs in allocations: nothing, whatever bounds there are.</summary>
[TestFixture]
[NonParallelizable]
internal sealed class SpliceAllocationTests
{
    private const int Chunks = 20_000;
    private const int ChunkLength = 512;

    private static readonly SpliceTerms[] Terms =
    [
        new SpliceTerms(),
        new SpliceTerms(1L << 40, TimeSpan.FromHours(1), TimeSpan.FromHours(1), 1L << 40),
    ];

    [TestCaseSource(nameof(Terms))]
    public async Task A_busy_circuit_allocates_nothing_per_chunk(object terms)
    {
        var source = new CountingStream(Chunks);
        using var rate = new SharedRate(TimeProvider.System);
        rate.Change(1L << 40);
        var resources = new SpliceResources(new RentedBuffers(ChunkLength), rate, TimeProvider.System);
        var splice = new Splice(source, new CountingStream(0), (SpliceTerms)terms, resources);

        SpliceResult result = await splice.RunAsync(CancellationToken.None);

        Assert.That(result, Is.EqualTo(new SpliceResult(CircuitEnd.Closed, (long)Chunks * ChunkLength, 0, null)));
        Assert.That(source.Allocated, Is.Zero, "bytes allocated between the hundredth chunk and the last");
    }

    /// <summary>Always ready, so that the pump stays on one thread, whose allocations can be told exactly.</summary>
    private sealed class CountingStream(int chunks) : IHostStream
    {
        private const int WarmUp = 100;
        private int _read;
        private long _before;

        public long Allocated { get; private set; }

        public PeerId RemotePeer { get; } = TestPeers.Key(1).PeerId;

        public Multiaddress RemoteAddress { get; } = Multiaddress.Parse("/ip4/192.0.2.1/tcp/1");

        public bool IsRelayed => false;

        public object Connection => this;

        public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            if (buffer.IsEmpty || _read == chunks)
                return default;
            _read++;
            if (_read == WarmUp)
                _before = GC.GetAllocatedBytesForCurrentThread();
            if (_read == chunks)
                Allocated = GC.GetAllocatedBytesForCurrentThread() - _before;
            return new ValueTask<int>(ChunkLength);
        }

        public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => default;

        public ValueTask CloseWriteAsync(CancellationToken cancellationToken) => default;

        public void Reset()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
