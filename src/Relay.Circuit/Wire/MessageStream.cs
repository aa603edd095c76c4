using Google.Protobuf;
using Relay.Circuit.Host;

namespace Relay.Circuit.Wire;

/// <summary>
/// The handshake phase of a HOP or STOP stream: whole messages, a deadline on each step. A step that takes longer throws <see cref="TimeoutException"/>;
/// <see cref="OperationCanceledException"/> means the caller's token.
/// </summary>
internal sealed class MessageStream(IHostStream stream, TimeProvider time, CancellationToken cancellationToken)
{
    /// <summary>How long to wait for the remote to close too: what resets the stream at once can overtake the answer.</summary>
    public static readonly TimeSpan LingerTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How much the remote may send meanwhile: one initial Yamux window, which it can have under way before it sees the answer.</summary>
    private const int LingerBytes = 256 * 1024;

    /// <summary>Reads one message and nothing after it.</summary>
    public ValueTask<ReceivedMessage> ReadAsync(TimeSpan timeout)
        => Deadline.RunAsync(stream, static (stream, token) => MessageFrame.ReadAsync(stream, token), timeout, time, cancellationToken);

    /// <summary>Writes one message.</summary>
    public ValueTask WriteAsync(IMessage message, TimeSpan timeout)
        => Deadline.RunAsync((stream, MessageFrame.Encode(message)), static (s, token) => s.stream.WriteAsync(s.Item2, token), timeout, time, cancellationToken);

    /// <summary>Writes the last message, and closes this side along with it.</summary>
    public ValueTask WriteLastAsync(IMessage message, TimeSpan timeout)
        => Deadline.RunAsync((stream, MessageFrame.Encode(message)), static (s, token) => s.stream.WriteLastAsync(s.Item2, token), timeout, time, cancellationToken);

    /// <summary>Writes the last message, closes this side, and waits a little for the remote to close its own.</summary>
    public async ValueTask FinishAsync(IMessage message, TimeSpan timeout)
    {
        await WriteLastAsync(message, timeout).ConfigureAwait(false);
        await LingerAsync(LingerTimeout).ConfigureAwait(false);
    }

    /// <summary>Closes this side and gives the remote as long to close its own.</summary>
    public async ValueTask FinishAsync(TimeSpan timeout)
    {
        await Deadline.RunAsync(stream, static (stream, token) => stream.CloseWriteAsync(token), timeout, time, cancellationToken).ConfigureAwait(false);
        await LingerAsync(timeout).ConfigureAwait(false);
    }

    /// <summary>This side is closed: waits a little for the remote to close its own.</summary>
    public async ValueTask LingerAsync(TimeSpan timeout)
    {
        try
        {
            await Deadline.RunAsync(stream, DrainAsync, timeout, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HostStreamException or TimeoutException)
        {
            // The answer is out; how the remote leaves is its own affair.
        }
    }

    private static async ValueTask DrainAsync(IHostStream stream, CancellationToken token)
    {
        byte[]? discarded = null;
        for (int total = 0; total < LingerBytes;)
        {
            await stream.ReadAsync(Memory<byte>.Empty, token).ConfigureAwait(false);
            discarded ??= new byte[4096];
            int count = await stream.ReadAsync(discarded, token).ConfigureAwait(false);
            if (count == 0)
                return;
            total += count;
        }
    }
}
