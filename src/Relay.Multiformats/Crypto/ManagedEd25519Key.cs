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

    public static bool Verify(byte[] publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
        => Curve.Verify(signature.ToArray(), 0, publicKey, 0, message.ToArray(), 0, message.Length);
}
