using System.Runtime.CompilerServices;
using Relay.Circuit.Host;
using Relay.Multiformats;

namespace Relay.Benchmarks.Splicing;

/// <summary>
/// One end of a circuit that sends a number of chunks and then closes, and swallows what it gets. No window, no lock, no copy: it costs nothing itself.
/// </summary>
internal sealed class ChunkStream(int chunks, int chunkLength, bool isPrompt) : IHostStream
{
    private long _left = (long)chunks * chunkLength; // bytes; what of a chunk does not fit into one read comes with the next

    public PeerId RemotePeer { get; } = SeededPeers.Make(1, seed: 1)[0];

    public Multiaddress RemoteAddress { get; } = Multiaddress.Parse("/ip4/192.0.2.1/tcp/4001");

    public bool IsRelayed => false;

    public object Connection => this;

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        // A read of nothing asks whether there is something; that is when a stream that is not prompt lets its reader wait.
        if (buffer.IsEmpty)
            return isPrompt || _left == 0 ? default : WaitAsync();
        int count = (int)Math.Min(Math.Min(chunkLength, buffer.Length), _left);
        _left -= count;
        return new ValueTask<int>(count);
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => default;

    public ValueTask CloseWriteAsync(CancellationToken cancellationToken) => default;

    public void Reset()
    {
    }

    public ValueTask DisposeAsync() => default;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<int> WaitAsync()
    {
        await Task.Yield();
        return 0;
    }
}
