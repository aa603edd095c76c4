using System.Buffers.Binary;

namespace Relay.Libp2p.Noise;

/// <summary>
/// Plaintext on its way out, laid out as the wire wants it, so that sealing happens in place and one socket write carries it all:
/// <code>  length | plaintext … | room for the tag | length | plaintext … | room for the tag </code>
/// The buffer is rented with the first byte and returned by <see cref="Dispose"/>, after which the batch can be filled again. Not thread-safe.
/// </summary>
internal sealed class NoiseBatch(CipherState cipher, BufferPool pool) : IDisposable
{
    private const int Overhead = NoiseChannel.LengthPrefix + CipherState.TagLength;
    public const int Capacity = 128 * 1024; // two messages, the second a few bytes short of the longest, in a buffer the pool keeps

    private byte[]? _buffer;
    private int _message; // start of the message being filled
    private int _length;  // of its plaintext

    public bool IsEmpty => _message == 0 && _length == 0;

    /// <summary>How many more bytes of plaintext fit.</summary>
    public int Room
    {
        get
        {
            int current = Math.Max(0, Math.Min(NoiseChannel.MaxPlaintext, Capacity - _message - Overhead) - _length);
            int next = Capacity - _message - 2 * Overhead - _length - current;
            return current + Math.Max(0, next);
        }
    }

    /// <summary>Takes as much of <paramref name="plaintext"/> as fits and returns how much that was.</summary>
    public int Write(ReadOnlySpan<byte> plaintext)
    {
        _buffer ??= pool.Rent(Capacity);
        int written = 0;
        while (written < plaintext.Length)
        {
            int room = Math.Min(NoiseChannel.MaxPlaintext, Capacity - _message - Overhead) - _length;
            if (room <= 0)
            {
                if (_length == 0 || Capacity - _message - 2 * Overhead - _length <= 0)
                    break;
                SealMessage();
                continue;
            }

            int count = Math.Min(room, plaintext.Length - written);
            plaintext.Slice(written, count).CopyTo(_buffer.AsSpan(_message + NoiseChannel.LengthPrefix + _length));
            _length += count;
            written += count;
        }

        return written;
    }

    /// <summary>Seals everything; the result is valid until <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Seal()
    {
        if (_length > 0)
            SealMessage();
        return _buffer.AsMemory(0, _message);
    }

    public void Clear() => (_message, _length) = (0, 0);

    public void Dispose()
    {
        Clear();
        if (_buffer is { } buffer)
            pool.Return(buffer);
        _buffer = null;
    }

    private void SealMessage()
    {
        int length = _length + CipherState.TagLength;
        BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(_message), (ushort)length);
        cipher.EncryptWithAd([], _buffer.AsSpan(_message + NoiseChannel.LengthPrefix, length));
        _message += NoiseChannel.LengthPrefix + length;
        _length = 0;
    }
}
