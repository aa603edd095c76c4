using Relay.Libp2p;
using Relay.Libp2p.Noise;
using Relay.Libp2p.Yamux;

namespace Relay.Benchmarks.Connections;

/// <summary>Two Yamux sessions, secured and joined by pipes in memory, with streams open from one to the other.</summary>
internal sealed class YamuxLink : IDisposable
{
    private readonly YamuxSession _near;
    private readonly YamuxSession _far;
    private readonly List<YamuxStream> _outbound = [];
    private readonly List<YamuxStream> _inbound = [];

    private YamuxLink()
    {
        (PipeDuplex near, PipeDuplex far) = PipeDuplex.MakePair();
        var pool = new BufferPool();
        var budget = new WindowBudget(new Libp2pOptions().WindowBudget);
        byte[] there = new byte[32];
        byte[] back = [1, .. there[1..]];
        _near = new YamuxSession(
            new NoiseChannel(near, new CipherState(there), new CipherState(back), pool), true, new YamuxOptions(), pool, budget, TimeProvider.System);
        _far = new YamuxSession(
            new NoiseChannel(far, new CipherState(back), new CipherState(there), pool), false, new YamuxOptions(), pool, budget, TimeProvider.System);
    }

    /// <summary>Opens the streams, and sends a piece on each, so that the other end knows them.</summary>
    public static async Task<YamuxLink> OpenAsync(int streams, int pieceLength)
    {
        var link = new YamuxLink();
        link._near.Start(static stream => stream.Reset());
        link._far.Start(link._inbound.Add);
        var first = new byte[pieceLength];
        for (int i = 0; i < streams; i++)
        {
            YamuxStream stream = link._near.OpenStream();
            link._outbound.Add(stream);
            await stream.WriteAsync(first);
        }

        while (link._inbound.Count < streams)
            await Task.Yield();
        foreach (YamuxStream stream in link._inbound)
            await stream.ReadExactlyAsync(first);
        return link;
    }

    /// <summary>Writes <paramref name="length"/> bytes in pieces on every stream at once; ends when the other end has read them.</summary>
    public Task CarryAsync(byte[] piece, int length) =>
        Task.WhenAll([.. _outbound.Select(stream => WriteAsync(stream, piece, length)), .. _inbound.Select(stream => ReadAsync(stream, length))]);

    public void Dispose()
    {
        var end = new IOException("The benchmark is over.");
        _near.Terminate(end);
        _far.Terminate(end);
    }

    private static async Task WriteAsync(YamuxStream stream, byte[] piece, int length)
    {
        for (int left = length; left > 0; left -= piece.Length)
            await stream.WriteAsync(piece.AsMemory(0, Math.Min(piece.Length, left))).ConfigureAwait(false);
    }

    private static async Task ReadAsync(YamuxStream stream, int length)
    {
        var buffer = new byte[64 * 1024];
        for (int left = length; left > 0;)
            left -= await stream.ReadAsync(buffer.AsMemory(0, Math.Min(buffer.Length, left))).ConfigureAwait(false);
    }
}
