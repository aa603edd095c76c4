using Curve = Org.BouncyCastle.Math.EC.Rfc8032.Ed25519;

namespace Relay.Multiformats.Crypto;

/// <summary>Ed25519 (RFC 8032, pure). What implements it is known in this file only.</summary>
internal static class Ed25519
{
    public const int SeedLength = 32;
    public const int PublicKeyLength = 32;
    public const int SignatureLength = 64;

    /// <summary>What is wrong with a public key, or null. Whether it is a point on the curve shows when it verifies nothing.</summary>
    public static string? Check(ReadOnlySpan<byte> publicKey)
        => publicKey.Length == PublicKeyLength ? null : $"an Ed25519 key has {PublicKeyLength} bytes, not {publicKey.Length}";

    /// <summary>The public key of <paramref name="seed"/>.</summary>
    public static byte[] DerivePublicKey(byte[] seed)
    {
        byte[] publicKey = new byte[PublicKeyLength];
        Curve.GeneratePublicKey(seed, 0, publicKey, 0);
        return publicKey;
    }

    /// <summary>
    /// Signs. <paramref name="publicKey"/> belongs to <paramref name="seed"/>; deriving it anew would take twice as long as the
    /// signature.
    /// </summary>
    public static byte[] Sign(byte[] seed, byte[] publicKey, ReadOnlySpan<byte> message)
    {
        byte[] signature = new byte[SignatureLength];
        Curve.Sign(seed, 0, publicKey, 0, message.ToArray(), 0, message.Length, signature, 0);
        return signature;
    }

    /// <summary>Whether the signature is good. Does not throw, whatever the key and the signature.</summary>
    public static bool Verify(byte[] publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
        => signature.Length == SignatureLength
            && Curve.Verify(signature.ToArray(), 0, publicKey, 0, message.ToArray(), 0, message.Length);
}
