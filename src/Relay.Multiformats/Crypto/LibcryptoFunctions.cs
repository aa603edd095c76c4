using System.Runtime.InteropServices;

namespace Relay.Multiformats.Crypto;

/// <summary>What is called of OpenSSL's libcrypto, under its own names. To be called only when <see cref="Libcrypto"/> has found one.</summary>
/// <remarks>
/// The compiler writes unsafe code for these: it pins the spans for the time of the call and keeps the handles alive. What a mistake here would do, a wrong
/// length, a wrong sign, shows in the vectors that both implementations are run through.
/// </remarks>
internal static partial class LibcryptoFunctions
{
    /// <summary>Not the name of a file: <see cref="Libcrypto"/> says which one it stands for.</summary>
    public const string Library = "libcrypto-of-dotnet";

    [LibraryImport(Library)]
    public static partial IntPtr OpenSSL_version(int part);

    [LibraryImport(Library)]
    public static partial void ERR_clear_error();

    [LibraryImport(Library)]
    public static partial LibcryptoKey EVP_PKEY_new_raw_private_key(int algorithm, IntPtr engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library)]
    public static partial LibcryptoKey EVP_PKEY_new_raw_public_key(int algorithm, IntPtr engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_get_raw_public_key(LibcryptoKey key, Span<byte> publicKey, ref nuint length);

    [LibraryImport(Library)]
    public static partial void EVP_PKEY_free(IntPtr key);

    [LibraryImport(Library)]
    public static partial IntPtr EVP_MD_CTX_new();

    [LibraryImport(Library)]
    public static partial void EVP_MD_CTX_free(IntPtr context);

    [LibraryImport(Library)]
    public static partial int EVP_DigestSignInit(IntPtr context, IntPtr keyContext, IntPtr digest, IntPtr engine, LibcryptoKey key);

    [LibraryImport(Library)]
    public static partial int EVP_DigestSign(IntPtr context, Span<byte> signature, ref nuint signatureLength, ReadOnlySpan<byte> message, nuint messageLength);

    [LibraryImport(Library)]
    public static partial int EVP_DigestVerifyInit(IntPtr context, IntPtr keyContext, IntPtr digest, IntPtr engine, LibcryptoKey key);

    [LibraryImport(Library)]
    public static partial int EVP_DigestVerify(
        IntPtr context, ReadOnlySpan<byte> signature, nuint signatureLength, ReadOnlySpan<byte> message, nuint messageLength);

    [LibraryImport(Library)]
    public static partial IntPtr EVP_PKEY_CTX_new(LibcryptoKey key, IntPtr engine);

    [LibraryImport(Library)]
    public static partial void EVP_PKEY_CTX_free(IntPtr context);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_derive_init(IntPtr context);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_derive_set_peer(IntPtr context, LibcryptoKey peer);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_derive(IntPtr context, Span<byte> secret, ref nuint length);
}
