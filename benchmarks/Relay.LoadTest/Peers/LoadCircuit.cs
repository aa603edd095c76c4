using System.Diagnostics;
using Relay.Libp2p;

namespace Relay.LoadTest.Peers;

/// <summary>The near end of a circuit, whose far end is a <see cref="CircuitServer"/>. One task at a time.</summary>
internal sealed class LoadCircuit(DuplexStream stream) : IAsyncDisposable
{
    private readonly byte[] _small = new byte[CircuitServer.HeaderLength + 32];

    /// <summary>Sends <paramref name="length"/> bytes; returns when the far end says that it has all.</summary>
    public async Task SendAsync(long length, ReadOnlyMemory<byte> chunk)
    {
        await WriteHeaderAsync(CircuitServer.Swallow, length).ConfigureAwait(false);
        for (long left = length; left > 0; left -= chunk.Length)
            await stream.WriteAsync(chunk[..(int)Math.Min(chunk.Length, left)]).ConfigureAwait(false);
        await stream.ReadExactlyAsync(_small.AsMemory(0, 1)).ConfigureAwait(false);
    }

    /// <summary>Measures a round trip of 32 bytes, as many as a libp2p ping has.</summary>
    public async Task<TimeSpan> PingAsync()
    {
        const int Payload = 32;
        _small[0] = CircuitServer.Echo;
        BitConverter.TryWriteBytes(_small.AsSpan(1), (long)Payload);
        long started = Stopwatch.GetTimestamp();
        await stream.WriteAsync(_small).ConfigureAwait(false);
        await stream.ReadExactlyAsync(_small.AsMemory(CircuitServer.HeaderLength, Payload)).ConfigureAwait(false);
        return Stopwatch.GetElapsedTime(started);
    }

    public async ValueTask DisposeAsync()
    {
        stream.Reset();
        await stream.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask WriteHeaderAsync(byte task, long length)
    {
        _small[0] = task;
        BitConverter.TryWriteBytes(_small.AsSpan(1), length);
        await stream.WriteAsync(_small.AsMemory(0, CircuitServer.HeaderLength)).ConfigureAwait(false);
    }
}
