namespace Relay.Multiformats.Crypto;

/// <summary>A private Ed25519 key, ready to sign. Immutable and thread-safe.</summary>
internal abstract class Ed25519Key
{
    /// <summary>The public half.</summary>
    public abstract byte[] PublicKey { get; }

    /// <summary>The key that RFC 8032 derives from the 32 bytes of <paramref name="seed"/>.</summary>
    public static Ed25519Key FromSeed(byte[] seed) => Libcrypto.IsUsed ? new LibcryptoEd25519Key(seed) : new ManagedEd25519Key(seed);

    /// <summary>The 64 bytes of the signature.</summary>
    public abstract byte[] Sign(ReadOnlySpan<byte> message);
}
