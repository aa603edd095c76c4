using System.Runtime.InteropServices;
using System.Security.Cryptography;
using static Relay.Multiformats.Crypto.LibcryptoFunctions;

namespace Relay.Multiformats.Crypto;

/// <summary>
/// A private or public key of Ed25519 or X25519 inside libcrypto (an EVP_PKEY). Who makes it disposes it, or leaves that to the finalizer. Thread-safe:
/// libcrypto only reads it, and each operation has a context of its own.
/// </summary>
internal sealed class LibcryptoKey : SafeHandle
{
    /// <summary>EVP_PKEY_ED25519.</summary>
    public const int Ed25519 = 1087;

    /// <summary>EVP_PKEY_X25519.</summary>
    public const int X25519 = 1034;

    private const int KeyLength = 32;
    private const int SignatureLength = 64;

    /// <summary>For the marshaller, which fills it.</summary>
    public LibcryptoKey()
        : base(IntPtr.Zero, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == IntPtr.Zero;

    /// <exception cref="CryptographicException">libcrypto does not take it.</exception>
    public static LibcryptoKey FromPrivate(int algorithm, ReadOnlySpan<byte> key) =>
        Check(EVP_PKEY_new_raw_private_key(algorithm, IntPtr.Zero, key, (nuint)key.Length));

    /// <exception cref="CryptographicException">libcrypto does not take it.</exception>
    public static LibcryptoKey FromPublic(int algorithm, ReadOnlySpan<byte> key) =>
        Check(EVP_PKEY_new_raw_public_key(algorithm, IntPtr.Zero, key, (nuint)key.Length));

    /// <summary>The public half.</summary>
    public byte[] ExportPublic()
    {
        byte[] publicKey = new byte[KeyLength];
        nuint length = KeyLength;
        if (EVP_PKEY_get_raw_public_key(this, publicKey, ref length) != 1 || length != KeyLength)
            throw Failed();
        return publicKey;
    }

    /// <summary>Signs with a private Ed25519 key.</summary>
    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        byte[] signature = new byte[SignatureLength];
        nuint length = SignatureLength;
        IntPtr context = EVP_MD_CTX_new();
        try
        {
            if (EVP_DigestSignInit(context, IntPtr.Zero, IntPtr.Zero, IntPtr.Zero, this) != 1
                || EVP_DigestSign(context, signature, ref length, message, (nuint)message.Length) != 1
                || length != SignatureLength)
            {
                throw Failed();
            }

            return signature;
        }
        finally
        {
            EVP_MD_CTX_free(context);
        }
    }

    /// <summary>Whether the signature is this Ed25519 key's for the message.</summary>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        IntPtr context = EVP_MD_CTX_new();
        try
        {
            if (EVP_DigestVerifyInit(context, IntPtr.Zero, IntPtr.Zero, IntPtr.Zero, this) != 1)
                throw Failed();
            return Succeeded(EVP_DigestVerify(context, signature, (nuint)signature.Length, message, (nuint)message.Length));
        }
        finally
        {
            EVP_MD_CTX_free(context);
        }
    }

    /// <summary>The secret that a private X25519 key shares with the holder of <paramref name="remotePublicKey"/>; false when it is all zero.</summary>
    public bool TryAgree(ReadOnlySpan<byte> remotePublicKey, Span<byte> secret)
    {
        if (secret.Length != KeyLength)
            throw new ArgumentException($"The secret has {KeyLength} bytes.", nameof(secret)); // libcrypto would write behind a shorter one
        using LibcryptoKey remote = FromPublic(X25519, remotePublicKey);
        nuint length = KeyLength;
        IntPtr context = EVP_PKEY_CTX_new(this, IntPtr.Zero);
        try
        {
            if (context == IntPtr.Zero || EVP_PKEY_derive_init(context) != 1 || EVP_PKEY_derive_set_peer(context, remote) != 1)
                throw Failed();
            return Succeeded(EVP_PKEY_derive(context, secret, ref length));
        }
        finally
        {
            EVP_PKEY_CTX_free(context);
        }
    }

    protected override bool ReleaseHandle()
    {
        EVP_PKEY_free(handle);
        return true;
    }

    private static LibcryptoKey Check(LibcryptoKey key)
    {
        if (!key.IsInvalid)
            return key;
        key.Dispose();
        throw Failed();
    }

    // What went wrong stays in a queue of the thread, where .NET's own calls would find it.
    private static bool Succeeded(int result)
    {
        if (result == 1)
            return true;
        ERR_clear_error();
        return false;
    }

    private static CryptographicException Failed()
    {
        ERR_clear_error();
        return new CryptographicException("libcrypto failed.");
    }
}
