using System.IO.Pipelines;
using Relay.Libp2p;

namespace Relay.Benchmarks.Connections;

/// <summary>A connection in memory, in place of a socket: what is left when the kernel costs nothing.</summary>
internal sealed class PipeDuplex(PipeReader incoming, PipeWriter outgoing) : DuplexStream
{
    private static readonly PipeOptions Options = new(pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19, useSynchronizationContext: false);

    private readonly Stream _incoming = incoming.AsStream();
    private readonly Stream _outgoing = outgoing.AsStream();

    public static (PipeDuplex Near, PipeDuplex Far) MakePair()
    {
        var there = new Pipe(Options);
        var back = new Pipe(Options);
        return (new PipeDuplex(back.Reader, there.Writer), new PipeDuplex(there.Reader, back.Writer));
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _incoming.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _outgoing.WriteAsync(buffer, cancellationToken);

    public override ValueTask CloseWriteAsync(CancellationToken cancellationToken = default) => _outgoing.DisposeAsync();

    public override void Reset() => Dispose();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            outgoing.Complete();
            incoming.CancelPendingRead();
        }

        base.Dispose(disposing);
    }
}
