using System.Runtime.CompilerServices;
using Relay.Circuit;
using Relay.Circuit.Host;
using Relay.Libp2p;

namespace Relay.Embedded;

/// <summary>
/// One end of a circuit as the embedded node wants to see it, to secure and multiplex it. Counts what it carries, so that a reset that comes at the relay's
/// limit is told from any other. Owns the circuit.
/// </summary>
internal sealed class CircuitDuplexStream(CircuitStream circuit, ConnectionLimit? limit, TimeProvider time) : DuplexStream
{
    private readonly long _opened = time.GetTimestamp();
    private long _received;
    private long _sent;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            int count = await circuit.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            Interlocked.Add(ref _received, count);
            return count;
        }
        catch (HostStreamException e) when (FindLimit(e) is { } reached)
        {
            throw reached;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Interlocked.Add(ref _sent, buffer.Length);
        try
        {
            await circuit.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (HostStreamException e) when (FindLimit(e) is { } reached)
        {
            throw reached;
        }
    }

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

    // The relay resets a direction that is asked to carry one byte more, and everything when the time is over. What it announced is in whole seconds, rounded
    // up, and the two clocks did not start together: a second, or a tenth of a short time, is left for that.
    private CircuitLimitException? FindLimit(HostStreamException e)
    {
        if (limit is null || e.Error != HostStreamError.Reset)
            return null;
        if (limit.Data is { } data && (Interlocked.Read(ref _sent) > data || Interlocked.Read(ref _received) >= data))
            return new CircuitLimitException(limit, isDuration: false, e);
        return limit.Duration is { } duration
            && time.GetElapsedTime(_opened) >= duration - TimeSpan.FromTicks(Math.Min(TimeSpan.TicksPerSecond, duration.Ticks / 10))
                ? new CircuitLimitException(limit, isDuration: true, e)
                : null;
    }
}
