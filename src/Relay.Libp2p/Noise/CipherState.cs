using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Relay.Libp2p.Noise;

/// <summary>A key and the counter of its nonces (Noise section 5.1), for one direction. Not thread-safe.</summary>
internal sealed class CipherState(ReadOnlySpan<byte> key) : IDisposable
{
    public const int TagLength = 16;

    private readonly ChaCha20Poly1305 _cipher = new(key);
    private ulong _nonce;

    /// <summary>Seals in place: <paramref name="message"/> holds the plaintext and room for the tag behind it.</summary>
    public void EncryptWithAd(ReadOnlySpan<byte> associatedData, Span<byte> message)
    {
        Span<byte> nonce = stackalloc byte[12];
        NextNonce(nonce);
        Span<byte> text = message[..^TagLength];
        _cipher.Encrypt(nonce, text, text, message[^TagLength..], associatedData);
    }

    /// <summary>Opens in place; the plaintext is all but the last <see cref="TagLength"/> bytes.</summary>
    /// <exception cref="HandshakeException">The message was not sealed with this key, nonce and associated data.</exception>
    public void DecryptWithAd(ReadOnlySpan<byte> associatedData, Span<byte> message)
    {
        if (message.Length < TagLength)
            throw new HandshakeException($"The remote sent an encrypted Noise message of {message.Length} bytes, shorter than its tag.");
        Span<byte> nonce = stackalloc byte[12];
        NextNonce(nonce);
        Span<byte> text = message[..^TagLength];
        try
        {
            _cipher.Decrypt(nonce, text, message[^TagLength..], text, associatedData);
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new HandshakeException("The remote sent a Noise message that does not decrypt.", e);
        }
    }

    public void Dispose() => _cipher.Dispose();

    // 32 zero bits, then the counter, little endian; the last value is reserved (Noise section 12.3).
    private void NextNonce(Span<byte> nonce)
    {
        if (_nonce == ulong.MaxValue)
            throw new HandshakeException("The nonces of this Noise session are used up.");
        nonce[..4].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(nonce[4..], _nonce++);
    }
}
