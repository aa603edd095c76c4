using Google.Protobuf;
using Relay.Circuit.Host;
using Relay.Multiformats;

namespace Relay.Circuit.Wire;

/// <summary>A message on a stream: its length as an unsigned varint, then that many bytes of protobuf.</summary>
internal static class MessageFrame
{
    /// <summary>4096 takes two bytes, so a prefix that goes on after two says more than is allowed.</summary>
    private const int MaxPrefixLength = 2;

    /// <summary>Reads one message and not one byte more: what follows it belongs to the circuit.</summary>
    public static async ValueTask<ReceivedMessage> ReadAsync(IHostStream stream, CancellationToken cancellationToken)
    {
        byte[] prefix = new byte[MaxPrefixLength];
        int prefixLength = 0;
        do
        {
            if (prefixLength == MaxPrefixLength)
                return ReceivedMessage.Faulty(ReasonCode.MessageTooLong);
            if (await stream.ReadAsync(prefix.AsMemory(prefixLength, 1), cancellationToken).ConfigureAwait(false) == 0)
                return ReceivedMessage.Faulty(ReasonCode.MessageTruncated);
        }
        while ((prefix[prefixLength++] & 0x80) != 0);

        Varint.TryRead(prefix.AsSpan(0, prefixLength), out ulong length, out int read);
        if (read == 0 || length > CircuitProtocol.MaxMessageLength)
            return ReceivedMessage.Faulty(ReasonCode.MessageTooLong);

        byte[] message = length == 0 ? [] : new byte[length];
        for (int filled = 0; filled < message.Length;)
        {
            int count = await stream.ReadAsync(message.AsMemory(filled), cancellationToken).ConfigureAwait(false);
            if (count == 0)
                return ReceivedMessage.Faulty(ReasonCode.MessageTruncated);
            filled += count;
        }

        return new ReceivedMessage(message, ReasonCode.None);
    }

    /// <summary>The message behind its prefix, as one write.</summary>
    public static byte[] Encode(IMessage message)
    {
        int length = message.CalculateSize();
        int prefixLength = Varint.GetLength((ulong)length);
        byte[] frame = new byte[prefixLength + length];
        Varint.Write(frame, (ulong)length);
        message.WriteTo(frame.AsSpan(prefixLength));
        return frame;
    }
}
