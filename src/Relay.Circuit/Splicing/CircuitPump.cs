using Relay.Circuit.Host;

namespace Relay.Circuit.Splicing;

/// <summary>
/// One direction of a circuit: carries bytes from one stream to the other until the sender closes, and passes the closing on. It holds a buffer only
/// from when bytes are there until they are written and no more have come.
/// </summary>
/// <remarks>Reads and writes carry no token: whatever ends a circuit early resets its streams, which ends them too.</remarks>
internal sealed class CircuitPump(IHostStream from, IHostStream to, long? maxData, RentedBuffers buffers)
{
    private long _left = maxData ?? long.MaxValue;
    private long _forwarded;

    /// <summary>Bytes written to the receiver so far.</summary>
    public long Forwarded => Interlocked.Read(ref _forwarded);

    /// <summary>Runs the direction to its end: <see cref="SpliceEnd.Closed"/> or <see cref="SpliceEnd.DataLimit"/>.</summary>
    /// <exception cref="HostStreamException">One of the streams was reset or lost.</exception>
    public async Task<SpliceEnd> RunAsync()
    {
        // A sender that is always ready must not keep the other direction from starting.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);

        ArraySegment<byte>? buffer = null;
        try
        {
            while (true)
            {
                ValueTask<int> readable = from.ReadAsync(Memory<byte>.Empty, CancellationToken.None);
                if (!readable.IsCompleted)
                    Return(ref buffer); // idle: wait without it
                await readable.ConfigureAwait(false);

                buffer ??= buffers.Rent();
                if (await ForwardAsync(buffer.Value).ConfigureAwait(false) is { } end)
                    return end;
            }
        }
        finally
        {
            Return(ref buffer);
        }
    }

    private async ValueTask<SpliceEnd?> ForwardAsync(ArraySegment<byte> buffer)
    {
        // One byte more than may pass is enough to know that more was sent.
        int wanted = (int)Math.Min(buffer.Count, _left == long.MaxValue ? long.MaxValue : _left + 1);
        int count = await from.ReadAsync(buffer[..wanted], CancellationToken.None).ConfigureAwait(false);
        if (count == 0)
        {
            await to.CloseWriteAsync(CancellationToken.None).ConfigureAwait(false);
            return SpliceEnd.Closed;
        }

        int allowed = (int)Math.Min(count, _left);
        if (allowed > 0)
        {
            await to.WriteAsync(buffer[..allowed], CancellationToken.None).ConfigureAwait(false);
            _left -= allowed;
            Interlocked.Add(ref _forwarded, allowed);
        }

        return allowed < count ? SpliceEnd.DataLimit : null;
    }

    private void Return(ref ArraySegment<byte>? buffer)
    {
        if (buffer is { } rented)
            buffers.Return(rented);
        buffer = null;
    }
}
