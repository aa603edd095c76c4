using System.Buffers.Binary;

namespace Relay.Libp2p.Tests.Scripting;

/// <summary>The far end of a secured connection, played by hand: any plaintext can be sent, as frames or not. Each step is bounded in time.</summary>
internal sealed class SecuredPeer(Stream stream, byte[] sendingKey, byte[] receivingKey) : IAsyncDisposable
{
    public const int MaxPlaintext = 65535 - 16;

    private readonly ReferenceCipher _sending = new(sendingKey);
    private readonly ReferenceCipher _receiving = new(receivingKey);
    private byte[] _plaintext = []; // received and not handed out yet
    private int _position;

    /// <summary>The connection itself, for bytes that no cipher has seen.</summary>
    public Stream Stream => stream;

    /// <summary>The wire form of one Noise message.</summary>
    public byte[] Seal(byte[] plaintext)
    {
        byte[] message = _sending.Seal([], plaintext);
        byte[] framed = new byte[2 + message.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
        message.CopyTo(framed, 2);
        return framed;
    }

    public async Task SendBytesAsync(byte[] plaintext)
    {
        foreach (byte[] chunk in plaintext.Chunk(MaxPlaintext))
            await stream.WriteAsync(Seal(chunk)).InTime();
    }

    /// <summary>Sends frames, in as few Noise messages as they fit in.</summary>
    public Task SendAsync(params RawFrame[] frames) => SendBytesAsync([.. frames.SelectMany(f => f.ToBytes())]);

    /// <summary>Reads exactly <paramref name="count"/> bytes of plaintext; fewer at the end of the connection.</summary>
    public async Task<byte[]> ReceiveBytesAsync(int count)
    {
        byte[] bytes = new byte[count];
        int filled = 0;
        while (filled < count)
        {
            if (_position == _plaintext.Length && !await ReceiveMessageAsync())
                break;
            int taken = Math.Min(count - filled, _plaintext.Length - _position);
            _plaintext.AsSpan(_position, taken).CopyTo(bytes.AsSpan(filled));
            _position += taken;
            filled += taken;
        }

        return bytes[..filled];
    }

    /// <summary>The next frame; null at the end of the connection.</summary>
    public async Task<RawFrame?> ReceiveAsync()
    {
        byte[] header = await ReceiveBytesAsync(12);
        if (header.Length < 12)
            return header.Length == 0 ? null : throw new EndOfStreamException("The connection ended within a frame's header.");
        RawFrame frame = RawFrame.ReadHeader(header);
        return frame.Type == 0 ? frame with { Body = await ReceiveBytesAsync((int)frame.Length) } : frame;
    }

    /// <summary>The next frame that <paramref name="isWanted"/>; others are passed over.</summary>
    public async Task<RawFrame> ReceiveAsync(Func<RawFrame, bool> isWanted)
    {
        while (await ReceiveAsync() is { } frame)
        {
            if (isWanted(frame))
                return frame;
        }

        throw new EndOfStreamException("The connection ended before the frame came.");
    }

    /// <summary>All frames until either side closes the connection, orderly or not.</summary>
    public async Task<List<RawFrame>> ReceiveToEndAsync()
    {
        List<RawFrame> frames = [];
        try
        {
            while (await ReceiveAsync() is { } frame)
                frames.Add(frame);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // A reset ends a connection as well, and so does the test, perhaps between two reads.
        }

        return frames;
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async Task<bool> ReceiveMessageAsync()
    {
        byte[] prefix = new byte[2];
        int read = await stream.ReadAtLeastAsync(prefix, 2, throwOnEndOfStream: false).InTime();
        if (read == 0)
            return false;
        byte[] message = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];
        await stream.ReadExactlyAsync(message).InTime();
        (_plaintext, _position) = (_receiving.Open([], message), 0);
        return true;
    }
}
