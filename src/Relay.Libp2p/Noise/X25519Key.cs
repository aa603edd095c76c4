using System.Security.Cryptography;
using Relay.Multiformats.Crypto;

namespace Relay.Libp2p.Noise;

/// <summary>
/// A private key of X25519 (RFC 7748), to agree on secrets with. Who makes it disposes it. Immutable and thread-safe. Which of the two implementations does
/// it is decided here; they agree on every key.
/// </summary>
internal abstract class X25519Key : IDisposable
{
    public const int Length = 32;

    /// <summary>The public half.</summary>
    public abstract byte[] PublicKey { get; }

    /// <summary>A new key.</summary>
    public static X25519Key Generate()
    {
        Span<byte> bytes = stackalloc byte[Length];
        RandomNumberGenerator.Fill(bytes);
        X25519Key key = FromPrivate(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }

    /// <summary>A given key; its 32 bytes are copied.</summary>
    public static X25519Key FromPrivate(ReadOnlySpan<byte> key) => Libcrypto.IsUsed ? new LibcryptoX25519Key(key) : new ManagedX25519Key(key);

    /// <summary>The shared secret; false when it is all zero, that is, when the remote's key is a point of small order.</summary>
    public abstract bool TryAgree(byte[] remotePublicKey, byte[] secret);

    public abstract void Dispose();
}
