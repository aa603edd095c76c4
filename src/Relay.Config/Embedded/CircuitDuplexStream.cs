using Relay.Circuit;
using Relay.Libp2p;

namespace Relay.Embedded;

/// <summary>One end of a circuit as the embedded node wants to see it, to secure and multiplex it. Owns the circuit.</summary>
internal sealed class CircuitDuplexStream(CircuitStream circuit) : DuplexStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        circuit.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        circuit.WriteAsync(buffer, cancellationToken);

    public override ValueTask CloseWriteAsync(CancellationToken cancellationToken = default) => circuit.CloseWriteAsync(cancellationToken);

    public override void Reset() => circuit.Reset();

    public override ValueTask DisposeAsync() => circuit.DisposeAsync();

    // Disposing a circuit never waits for anything.
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _ = circuit.DisposeAsync().AsTask();
        base.Dispose(disposing);
    }
}
