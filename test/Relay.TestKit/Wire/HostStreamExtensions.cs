using Relay.Circuit.Host;

namespace Relay.TestKit.Wire;

/// <summary>Reading and writing streams in tests: whole messages, whole streams, each step bounded.</summary>
public static class HostStreamExtensions
{
    /// <summary>Writes bytes.</summary>
    public static Task SendAsync(this IHostStream stream, byte[] bytes) => stream.WriteAsync(bytes, CancellationToken.None).InTime();

    /// <summary>Writes a message behind its length.</summary>
    public static Task SendAsync(this IHostStream stream, RawMessage message) => stream.SendAsync(message.ToFrame());

    /// <summary>Closes for writing.</summary>
    public static Task FinishAsync(this IHostStream stream) => stream.CloseWriteAsync(CancellationToken.None).InTime();

    /// <summary>Reads exactly <paramref name="count"/> bytes.</summary>
    /// <exception cref="EndOfStreamException">The stream ended before.</exception>
    public static async Task<byte[]> ReceiveAsync(this IHostStream stream, int count)
    {
        byte[] bytes = new byte[count];
        for (int filled = 0; filled < count;)
        {
            int read = await stream.ReadAsync(bytes.AsMemory(filled), CancellationToken.None).InTime();
            if (read == 0)
                throw new EndOfStreamException($"The stream ended after {filled} of {count} bytes.");
            filled += read;
        }

        return bytes;
    }

    /// <summary>Reads a message behind its length, and nothing after it.</summary>
    public static async Task<RawMessage> ReceiveMessageAsync(this IHostStream stream)
    {
        int length = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = (await stream.ReceiveAsync(1))[0];
            length |= (next & 0x7F) << shift;
            if ((next & 0x80) == 0)
                return RawMessage.Parse(await stream.ReceiveAsync(length));
        }
    }

    /// <summary>Reads until the remote closes.</summary>
    public static async Task<byte[]> ReceiveAllAsync(this IHostStream stream)
    {
        using var bytes = new MemoryStream();
        byte[] buffer = new byte[8192];
        while (await stream.ReadAsync(buffer, CancellationToken.None).InTime() is var read and > 0)
            bytes.Write(buffer, 0, read);
        return bytes.ToArray();
    }

    /// <summary>Reads until the stream is reset or lost.</summary>
    /// <returns>How many bytes came before, and what ended it.</returns>
    /// <exception cref="InvalidOperationException">The remote closed in order instead.</exception>
    public static async Task<(long Bytes, HostStreamError Error)> ReceiveUntilResetAsync(this IHostStream stream)
    {
        long bytes = 0;
        byte[] buffer = new byte[8192];
        try
        {
            while (await stream.ReadAsync(buffer, CancellationToken.None).InTime() is var read and > 0)
                bytes += read;
        }
        catch (HostStreamException e)
        {
            return (bytes, e.Error);
        }

        throw new InvalidOperationException($"The stream was closed in order after {bytes} bytes.");
    }

    /// <summary>Reads to the end of the stream, however it ends.</summary>
    public static async Task ReceiveToEndAsync(this IHostStream stream)
    {
        try
        {
            await stream.ReceiveAllAsync();
        }
        catch (HostStreamException)
        {
            // A reset is an end, too.
        }
    }
}
