namespace Relay.Libp2p.Tests.Scripting;

/// <summary>One end of a connection that needs no socket and behaves like one: bounded, closes each way on its own, breaks when it is disposed.</summary>
internal sealed class MemoryDuplex : DuplexStream
{
    private readonly MemoryPipe _incoming;
    private readonly MemoryPipe _outgoing;

    private MemoryDuplex(MemoryPipe incoming, MemoryPipe outgoing)
    {
        _incoming = incoming;
        _outgoing = outgoing;
    }

    /// <summary>Ends when what this end writes has had to wait for the other end to read.</summary>
    public Task WriteStalled => _outgoing.Stalled;

    public static (MemoryDuplex Left, MemoryDuplex Right) CreatePair(int capacity = 1024 * 1024)
    {
        var there = new MemoryPipe(capacity);
        var back = new MemoryPipe(capacity);
        return (new MemoryDuplex(back, there), new MemoryDuplex(there, back));
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _incoming.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _outgoing.WriteAsync(buffer, cancellationToken);

    public override ValueTask CloseWriteAsync(CancellationToken cancellationToken = default)
    {
        _outgoing.Finish(new IOException("Closed for writing."));
        return ValueTask.CompletedTask;
    }

    public override void Reset() => Dispose();

    protected override void Dispose(bool disposing)
    {
        _outgoing.Finish(new IOException("Disposed."));
        _incoming.Break(new IOException("Disposed."), new IOException("The other end is gone."));
        base.Dispose(disposing);
    }
}
