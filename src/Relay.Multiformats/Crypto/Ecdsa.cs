using System.Security.Cryptography;

namespace Relay.Multiformats.Crypto;

/// <summary>
/// ECDSA over SHA-256 on the NIST curves; public keys in PKIX form (SubjectPublicKeyInfo, DER), signatures in DER. Verification only.
/// </summary>
internal static class Ecdsa
{
    // SubjectPublicKeyInfo { AlgorithmIdentifier { id-ecPublicKey, curve }, BIT STRING } up to and with the 04 of an uncompressed point:
    // all but the point is fixed, so that a key has one encoding, and its peer one id.
    private static readonly byte[] P256 = Convert.FromHexString("3059301306072a8648ce3d020106082a8648ce3d03010703420004");
    private static readonly byte[] P384 = Convert.FromHexString("3076301006072a8648ce3d020106052b8104002203620004");
    private static readonly byte[] P521 = Convert.FromHexString("30819b301006072a8648ce3d020106052b810400230381860004");

    /// <summary>What is wrong with a public key, or null.</summary>
    public static string? Check(ReadOnlySpan<byte> publicKey)
    {
        if (!Has(publicKey, P256, 2 * 32) && !Has(publicKey, P384, 2 * 48) && !Has(publicKey, P521, 2 * 66))
            return "it is not an ECDSA key on P-256, P-384 or P-521 in PKIX form, uncompressed, in DER";
        try
        {
            using ECDsa ecdsa = ECDsa.Create();
            ecdsa.ImportSubjectPublicKeyInfo(publicKey, out _);
            return null;
        }
        catch (CryptographicException)
        {
            return "the ECDSA key is not a point on its curve";
        }
    }

    /// <summary>Whether the signature is good.</summary>
    /// <param name="publicKey">A key that <see cref="Check"/> found nothing wrong with.</param>
    /// <param name="message">What was signed.</param>
    /// <param name="signature">The signature; anything.</param>
    public static bool Verify(byte[] publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        try
        {
            using ECDsa ecdsa = ECDsa.Create();
            ecdsa.ImportSubjectPublicKeyInfo(publicKey, out _);
            return ecdsa.VerifyData(message, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static bool Has(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> prefix, int pointLength)
        => publicKey.Length == prefix.Length + pointLength && publicKey.StartsWith(prefix);
}
