using Curve = Org.BouncyCastle.Math.EC.Rfc8032.Ed25519;

namespace Relay.Multiformats.Crypto;

/// <summary>Ed25519 in managed code, for everywhere.</summary>
internal sealed class ManagedEd25519Key : Ed25519Key
{
    private readonly byte[] _seed;

    public ManagedEd25519Key(byte[] seed)
    {
        _seed = seed;
        Curve.GeneratePublicKey(seed, 0, PublicKey, 0);
    }

    public override byte[] PublicKey { get; } = new byte[Ed25519.PublicKeyLength];

    public override byte[] Sign(ReadOnlySpan<byte> message)
    {
        byte[] signature = new byte[Ed25519.SignatureLength];
        Curve.Sign(_seed, 0, PublicKey, 0, message.ToArray(), 0, message.Length, signature, 0);
        return signature;
    }

    // RFC 8032 lets an implementation check the equation itself or eight times it. BouncyCastle does the latter, which takes commitments R, and keys, that
    // are off by a point of small order; libcrypto, go and others do the former. Without such a point in R and in the key the two are the same.
    public static bool Verify(byte[] publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        byte[] bytes = signature.ToArray();
        return Curve.ValidatePublicKeyFull(bytes, 0)
            && Curve.ValidatePublicKeyFull(publicKey, 0)
            && Curve.Verify(bytes, 0, publicKey, 0, message.ToArray(), 0, message.Length);
    }
}
