namespace Relay.Multiformats.Crypto;

/// <summary>
/// Ed25519 (RFC 8032, pure): public keys and verification. Which of the two implementations does it is decided here and in
/// <see cref="Ed25519Key.FromSeed"/>. They agree where the standard leaves room: keys and commitments must be canonical, keys of small order verify
/// nothing, S is below the order of the group, and the equation holds exactly. (A key with a part of small order, which no generator of keys gives,
/// verifies nothing in managed code and can verify something in libcrypto.)
/// </summary>
internal static class Ed25519
{
    public const int SeedLength = 32;
    public const int PublicKeyLength = 32;
    public const int SignatureLength = 64;

    /// <summary>What is wrong with a public key, or null. Whether it is a point on the curve shows when it verifies nothing.</summary>
    public static string? Check(ReadOnlySpan<byte> publicKey)
        => publicKey.Length == PublicKeyLength ? null : $"an Ed25519 key has {PublicKeyLength} bytes, not {publicKey.Length}";

    /// <summary>Whether the signature is good. Does not throw, whatever the key and the signature.</summary>
    public static bool Verify(byte[] publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
        => signature.Length == SignatureLength
            && (Libcrypto.IsUsed
                ? LibcryptoEd25519Key.Verify(publicKey, message, signature)
                : ManagedEd25519Key.Verify(publicKey, message, signature));
}
