using System.Security.Cryptography;

namespace Relay.Multiformats.Crypto;

/// <summary>
/// RSA signatures, PKCS #1 v1.5 over SHA-256, with public keys in PKIX form (SubjectPublicKeyInfo, DER). Verification only.
/// </summary>
internal static class Rsa
{
    private const int MinBits = 2048; // less is refused by go and js too
    private const int MaxBits = 8192; // bounds what a stranger's handshake costs
    private const int MaxDerLength = MaxBits / 8 + 64;
    private const int MaxExponentLength = 4; // as in Go: a longer one serves only to make us slow

    /// <summary>What is wrong with a public key, or null.</summary>
    public static string? Check(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length > MaxDerLength)
            return $"an RSA key has at most {MaxDerLength} bytes, not {publicKey.Length}";
        try
        {
            using RSA rsa = RSA.Create();
            rsa.ImportSubjectPublicKeyInfo(publicKey, out _);
            if (rsa.KeySize is < MinBits or > MaxBits)
                return $"an RSA key has {MinBits} to {MaxBits} bits, not {rsa.KeySize}";
            RSAParameters parameters = rsa.ExportParameters(includePrivateParameters: false);
            if (parameters.Exponent!.Length > MaxExponentLength || parameters.Exponent[^1] % 2 == 0 || parameters.Exponent is [1])
                return "the exponent of the RSA key is not an odd number from 3 to 2^32";
            // The peer id is the hash of these bytes: one key must have one encoding.
            return publicKey.SequenceEqual(rsa.ExportSubjectPublicKeyInfo()) ? null : "the RSA key is not in DER";
        }
        catch (CryptographicException)
        {
            return "it is not an RSA key in PKIX form";
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
            using RSA rsa = RSA.Create();
            rsa.ImportSubjectPublicKeyInfo(publicKey, out _);
            return rsa.VerifyData(message, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
