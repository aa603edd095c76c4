using Relay.Circuit.Host;

namespace Relay.Circuit.Splicing;

/// <summary>
/// One direction of a circuit: carries bytes from one stream to the other until the sender closes, and passes the closing on. It holds a buffer only
/// from when bytes are there and may pass until they are written and no more have come.
/// </summary>
/// <remarks>Reads and writes carry no token: whatever ends a circuit early resets its streams, which ends them too.</remarks>
internal sealed class CircuitPump(IHostStream from, IHostStream to, long? maxData, RentedBuffers buffers, Pace pace, IdleClock? idle)
{
    // A Noise message has 65535 bytes at most, with a tag of 16 and a Yamux header of 12, or some more when other frames go along: a piece of 64 KiB would
    // make two messages of which one is tiny.
    private const int LongestPiece = 65535 - 16 - 5 * 12;

    private readonly int _piece = buffers.Size < LongestPiece ? buffers.Size : buffers.Size / LongestPiece * LongestPiece;
    private long _left = maxData ?? long.MaxValue;
    private long _forwarded;

    /// <summary>Bytes written to the receiver so far.</summary>
    public long Forwarded => Interlocked.Read(ref _forwarded);

    /// <summary>Runs the direction to its end.</summary>
    /// <returns><see cref="CircuitEnd.Closed"/>, also when somebody else has ended it, or <see cref="CircuitEnd.DataLimit"/>.</returns>
    /// <exception cref="HostStreamException">One of the streams was reset or lost.</exception>
    public async Task<CircuitEnd> RunAsync()
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
                idle?.Touch();

                // One byte more than may pass is enough to know that more was sent.
                ValueTask<int> turn = pace.WaitAsync((int)Math.Min(_piece, _left == long.MaxValue ? long.MaxValue : _left + 1));
                if (!turn.IsCompleted)
                    Return(ref buffer); // paused: the same
                int allowed = await turn.ConfigureAwait(false);
                if (allowed == 0)
                    return CircuitEnd.Closed;
                idle?.Touch();

                buffer ??= buffers.Rent();
                ArraySegment<byte> chunk = buffer.Value[..allowed];
                int count = await from.ReadAsync(chunk, CancellationToken.None).ConfigureAwait(false);
                int passing = (int)Math.Min(count, _left);
                pace.GiveBack(allowed - passing);
                if (count == 0)
                {
                    await to.CloseWriteAsync(CancellationToken.None).ConfigureAwait(false);
                    return CircuitEnd.Closed;
                }

                if (passing > 0)
                    await to.WriteAsync(chunk[..passing], CancellationToken.None).ConfigureAwait(false);
                Count(passing);
                if (passing < count)
                    return CircuitEnd.DataLimit;
            }
        }
        finally
        {
            Return(ref buffer);
        }
    }

    private void Count(int passed)
    {
        _left -= passed;
        idle?.Touch();
        Interlocked.Add(ref _forwarded, passed);
    }

    private void Return(ref ArraySegment<byte>? buffer)
    {
        if (buffer is { } rented)
            buffers.Return(rented);
        buffer = null;
    }
}
