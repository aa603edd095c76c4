using System.Security.Cryptography;
using System.Text;

namespace Relay.Libp2p.Noise;

/// <summary>The chaining key, the handshake hash and the cipher of a running handshake (Noise section 5.2).</summary>
internal sealed class SymmetricState : IDisposable
{
    public const string ProtocolName = "Noise_XX_25519_ChaChaPoly_SHA256"; // 32 bytes: it is its own hash input, unhashed

    private readonly byte[] _chainingKey = Encoding.ASCII.GetBytes(ProtocolName);
    private readonly byte[] _hash = Encoding.ASCII.GetBytes(ProtocolName);
    private CipherState? _cipher;

    public bool HasKey => _cipher is not null;

    public void MixHash(ReadOnlySpan<byte> data)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(_hash);
        sha.AppendData(data);
        sha.GetHashAndReset(_hash);
    }

    public void MixKey(ReadOnlySpan<byte> inputKeyMaterial)
    {
        Span<byte> output = stackalloc byte[64];
        Hkdf(inputKeyMaterial, output);
        output[..32].CopyTo(_chainingKey);
        _cipher?.Dispose();
        _cipher = new CipherState(output[32..]);
        CryptographicOperations.ZeroMemory(output);
    }

    /// <summary>Seals in place when there is a key yet, and mixes what goes on the wire into the hash.</summary>
    public void EncryptAndHash(Span<byte> message)
    {
        _cipher?.EncryptWithAd(_hash, message);
        MixHash(message);
    }

    /// <summary>Opens in place when there is a key yet, and mixes what came over the wire into the hash.</summary>
    public void DecryptAndHash(Span<byte> message)
    {
        if (_cipher is null)
        {
            MixHash(message);
            return;
        }

        byte[] wire = message.ToArray();
        _cipher.DecryptWithAd(_hash, message);
        MixHash(wire);
    }

    /// <summary>The transport keys: the initiator's sending one first.</summary>
    public (CipherState Initiator, CipherState Responder) Split()
    {
        Span<byte> output = stackalloc byte[64];
        Hkdf([], output);
        var keys = (new CipherState(output[..32]), new CipherState(output[32..]));
        CryptographicOperations.ZeroMemory(output);
        return keys;
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_chainingKey);
        _cipher?.Dispose();
    }

    // Noise section 4.3: two blocks of RFC 5869's HKDF, the chaining key as salt and no info. The framework's HKDF refuses the empty input of Split.
    private void Hkdf(ReadOnlySpan<byte> inputKeyMaterial, Span<byte> output)
    {
        const int Block = 32;
        Span<byte> key = stackalloc byte[Block];
        HMACSHA256.HashData(_chainingKey, inputKeyMaterial, key);
        HMACSHA256.HashData(key, [1], output);
        Span<byte> second = stackalloc byte[Block + 1];
        output[..Block].CopyTo(second);
        second[Block] = 2;
        HMACSHA256.HashData(key, second, output[Block..]);
        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(second);
    }
}
