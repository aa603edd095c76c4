using System.Security.Cryptography;
using Curve = Org.BouncyCastle.Math.EC.Rfc7748.X25519;

namespace Relay.Libp2p.Noise;

/// <summary>Diffie-Hellman on Curve25519 (RFC 7748): the one place that knows which library does it.</summary>
internal static class X25519
{
    public const int KeyLength = 32;

    /// <summary>A new key pair.</summary>
    public static (byte[] PrivateKey, byte[] PublicKey) GenerateKeyPair()
    {
        byte[] privateKey = RandomNumberGenerator.GetBytes(KeyLength);
        return (privateKey, GetPublicKey(privateKey));
    }

    public static byte[] GetPublicKey(byte[] privateKey)
    {
        var publicKey = new byte[KeyLength];
        Curve.ScalarMultBase(privateKey, 0, publicKey, 0);
        return publicKey;
    }

    /// <summary>The shared secret; false when it is all zero, that is, when the remote's key is a point of small order.</summary>
    public static bool TryAgree(byte[] privateKey, byte[] remotePublicKey, byte[] secret) =>
        Curve.CalculateAgreement(privateKey, 0, remotePublicKey, 0, secret, 0);
}
