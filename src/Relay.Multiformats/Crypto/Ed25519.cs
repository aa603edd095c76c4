using Curve = Org.BouncyCastle.Math.EC.Rfc8032.Ed25519;

namespace Relay.Multiformats.Crypto;

/// <summary>Ed25519 (RFC 8032, pure). Everything the project knows of its implementation is in this file.</summary>
internal static class Ed25519
{
    public const int SeedLength = 32;
    public const int PublicKeyLength = 32;
    public const int SignatureLength = 64;

    /// <summary>The public key that belongs to <paramref name="seed"/>.</summary>
    public static byte[] DerivePublicKey(byte[] seed)
    {
        byte[] publicKey = new byte[PublicKeyLength];
        Curve.GeneratePublicKey(seed, 0, publicKey, 0);
        return publicKey;
    }

    /// <summary>Signs; <paramref name="publicKey"/> must belong to <paramref name="seed"/> and saves deriving it again.</summary>
    public static byte[] Sign(byte[] seed, byte[] publicKey, ReadOnlySpan<byte> message)
    {
        byte[] signature = new byte[SignatureLength];
        Curve.Sign(seed, 0, publicKey, 0, message.ToArray(), 0, message.Length, signature, 0);
        return signature;
    }

    /// <summary>Whether the signature is good. False, not an exception, for a key that is no point on the curve or a signature of the wrong length.</summary>
    public static bool Verify(byte[] publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
        => signature.Length == SignatureLength
            && Curve.Verify(signature.ToArray(), 0, publicKey, 0, message.ToArray(), 0, message.Length);
}
