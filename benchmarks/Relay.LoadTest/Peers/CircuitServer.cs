using System.Buffers;
using Relay.Libp2p;

namespace Relay.LoadTest.Peers;

/// <summary>
/// The far end of a circuit. It is told in a header what comes, again and again, until the circuit ends:
/// <code>  0       1                9
///   | task  | length, LE     | length bytes … </code>
/// It swallows them and answers with one byte when it has all, or sends them back.
/// </summary>
internal static class CircuitServer
{
    public const int HeaderLength = 9;
    public const byte Swallow = 0;
    public const byte Echo = 1;
    public const int BufferLength = 64 * 1024; // the longest echo

    public static async Task ServeAsync(DuplexStream stream)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            Memory<byte> header = buffer.AsMemory(0, HeaderLength);
            while (await stream.ReadAtLeastAsync(header, HeaderLength, throwOnEndOfStream: false).ConfigureAwait(false) == HeaderLength)
            {
                byte task = buffer[0];
                long length = BitConverter.ToInt64(buffer, 1);
                if (task == Echo)
                    await EchoAsync(stream, buffer, (int)length).ConfigureAwait(false);
                else
                    await SwallowAsync(stream, buffer, length).ConfigureAwait(false);
            }
        }
        catch (IOException)
        {
            // The other end is done with the circuit.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask EchoAsync(DuplexStream stream, byte[] buffer, int length)
    {
        await stream.ReadExactlyAsync(buffer.AsMemory(0, length)).ConfigureAwait(false);
        await stream.WriteAsync(buffer.AsMemory(0, length)).ConfigureAwait(false);
    }

    private static async ValueTask SwallowAsync(DuplexStream stream, byte[] buffer, long length)
    {
        for (long left = length; left > 0;)
        {
            int count = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, BufferLength))).ConfigureAwait(false);
            if (count == 0)
                return;
            left -= count;
        }

        await stream.WriteAsync(buffer.AsMemory(0, 1)).ConfigureAwait(false);
    }
}
