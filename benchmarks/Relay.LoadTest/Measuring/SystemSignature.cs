using System.Runtime.InteropServices;

namespace Relay.LoadTest.Measuring;

/// <summary>Ed25519 signatures by the system's libcrypto (OpenSSL 3): the yardstick for what a RESERVE costs, in the same run on the same machine.</summary>
internal sealed class SystemSignature : IDisposable
{
    /// <summary>What the signature of a voucher covers, in bytes: domain, payload type and payload, each behind its length.</summary>
    public const int TypicalMessageLength = 108;

    private const string Library = "libcrypto.so.3"; // versioned: an unversioned one may be another library
    private const int Ed25519 = 1087; // EVP_PKEY_ED25519
    private const int SeedLength = 32;
    private const int SignatureLength = 64;

    private readonly IntPtr _key;
    private readonly byte[] _signature = new byte[SignatureLength];

    private SystemSignature(IntPtr key) => _key = key;

    /// <summary>A key to sign with, or null when the machine has no such libcrypto.</summary>
    public static SystemSignature? TryCreate()
    {
        if (!NativeLibrary.TryLoad(Library, out IntPtr _))
            return null;
        IntPtr key = EVP_PKEY_new_raw_private_key(Ed25519, IntPtr.Zero, new byte[SeedLength], SeedLength);
        return key == IntPtr.Zero ? null : new SystemSignature(key);
    }

    /// <summary>Signs, the way a caller with one key and many messages does: a context for each signature.</summary>
    public void Sign(byte[] message)
    {
        IntPtr context = EVP_MD_CTX_new();
        nuint length = SignatureLength;
        bool isSigned = EVP_DigestSignInit(context, IntPtr.Zero, IntPtr.Zero, IntPtr.Zero, _key) == 1
            && EVP_DigestSign(context, _signature, ref length, message, (nuint)message.Length) == 1;
        EVP_MD_CTX_free(context);
        if (!isSigned)
            throw new InvalidOperationException("libcrypto did not sign.");
    }

    public void Dispose() => EVP_PKEY_free(_key);

    [DllImport(Library)]
    private static extern IntPtr EVP_PKEY_new_raw_private_key(int type, IntPtr engine, byte[] key, nuint length);

    [DllImport(Library)]
    private static extern void EVP_PKEY_free(IntPtr key);

    [DllImport(Library)]
    private static extern IntPtr EVP_MD_CTX_new();

    [DllImport(Library)]
    private static extern void EVP_MD_CTX_free(IntPtr context);

    [DllImport(Library)]
    private static extern int EVP_DigestSignInit(IntPtr context, IntPtr keyContext, IntPtr type, IntPtr engine, IntPtr key);

    [DllImport(Library)]
    private static extern int EVP_DigestSign(IntPtr context, byte[] signature, ref nuint signatureLength, byte[] message, nuint messageLength);
}
