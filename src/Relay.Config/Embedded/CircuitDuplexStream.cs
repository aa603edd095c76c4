using System.Runtime.CompilerServices;
using Relay.Circuit;
using Relay.Circuit.Host;
using Relay.Libp2p;

namespace Relay.Embedded;

/// <summary>
/// One end of a circuit as the embedded node wants to see it, to secure and multiplex it. Counts what goes through against the relay's limits, and tells an end
/// that these have brought about from others. Owns the circuit, and the loan of the connection it runs over.
/// </summary>
internal sealed class CircuitDuplexStream(CircuitStream circuit, LimitMeter? meter = null, IDisposable? loan = null) : DuplexStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        meter is null ? circuit.ReadAsync(buffer, cancellationToken) : ReadMeteredAsync(meter, buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        meter is null ? circuit.WriteAsync(buffer, cancellationToken) : WriteMeteredAsync(meter, buffer, cancellationToken);

    public override ValueTask CloseWriteAsync(CancellationToken cancellationToken = default) => circuit.CloseWriteAsync(cancellationToken);

    public override void Reset() => circuit.Reset();

    public override async ValueTask DisposeAsync()
    {
        await circuit.DisposeAsync().ConfigureAwait(false);
        loan?.Dispose();
        GC.SuppressFinalize(this);
    }

    // Disposing a circuit never waits for anything.
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _ = DisposeAsync().AsTask();
        base.Dispose(disposing);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadMeteredAsync(LimitMeter limits, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int count;
        try
        {
            count = await circuit.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (HostStreamException e) when (e.Error == HostStreamError.Reset)
        {
            throw WhyCut(limits, e);
        }

        limits.SetReceived(circuit.BytesReceived);
        return count == 0 && !buffer.IsEmpty && limits.IsAllReceived ? throw LimitReached(limits, null) : count;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteMeteredAsync(LimitMeter limits, ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        limits.AddSent(buffer.Length); // before it is sent: the reset can come while it is
        try
        {
            await circuit.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (HostStreamException e) when (e.Error == HostStreamError.Reset)
        {
            throw WhyCut(limits, e);
        }
    }

    private IOException WhyCut(LimitMeter limits, HostStreamException reset)
    {
        // What came last and was dropped by the reset, the relay has counted, too.
        limits.SetReceived(circuit.BytesReceived);
        return limits.IsReached ? LimitReached(limits, reset) : reset;
    }

    private static StreamException LimitReached(LimitMeter limits, Exception? inner) =>
        new(StreamError.LimitReached, $"The relay has cut the connection at its limit: {limits.Limit}.", inner);
}
