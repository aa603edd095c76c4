using System.Formats.Asn1;
using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;

namespace Relay.Multiformats.Crypto;

/// <summary>ECDSA over SHA-256 on secp256k1; public keys as compressed points, signatures in DER. Verification only.</summary>
internal static class Secp256k1
{
    public const int PublicKeyLength = 33;

    private static readonly ECDomainParameters Domain = CreateDomain();

    /// <summary>What is wrong with a public key, or null.</summary>
    public static string? Check(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey is not [0x02 or 0x03, ..] || publicKey.Length != PublicKeyLength)
            return $"a secp256k1 key is a compressed point of {PublicKeyLength} bytes";
        try
        {
            Domain.Curve.DecodePoint(publicKey.ToArray());
            return null;
        }
        catch (ArgumentException)
        {
            return "the secp256k1 key is not a point on the curve";
        }
    }

    /// <summary>Whether the signature is good. Both of the two s that a signature can have are taken, as go does.</summary>
    /// <param name="publicKey">A key that <see cref="Check"/> found nothing wrong with.</param>
    /// <param name="message">What was signed.</param>
    /// <param name="signature">The signature; anything.</param>
    public static bool Verify(byte[] publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (!TryReadSignature(signature, out BigInteger? r, out BigInteger? s))
            return false;
        ECDsaSigner signer = new();
        signer.Init(forSigning: false, new ECPublicKeyParameters(Domain.Curve.DecodePoint(publicKey), Domain));
        return signer.VerifySignature(SHA256.HashData(message), r, s);
    }

    private static bool TryReadSignature(ReadOnlySpan<byte> signature, out BigInteger? r, out BigInteger? s)
    {
        r = null;
        s = null;
        try
        {
            AsnReader reader = new(signature.ToArray(), AsnEncodingRules.DER);
            AsnReader sequence = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            r = new BigInteger(sequence.ReadIntegerBytes().ToArray());
            s = new BigInteger(sequence.ReadIntegerBytes().ToArray());
            sequence.ThrowIfNotEmpty();
            return true;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static ECDomainParameters CreateDomain()
    {
        X9ECParameters curve = CustomNamedCurves.GetByName("secp256k1");
        return new ECDomainParameters(curve.Curve, curve.G, curve.N, curve.H);
    }
}
