namespace Relay.Multiformats.Crypto;

/// <summary>Ed25519 by libcrypto, which holds the key for as long as this object lives.</summary>
internal sealed class LibcryptoEd25519Key : Ed25519Key
{
    private readonly LibcryptoKey _key;

    public LibcryptoEd25519Key(byte[] seed)
    {
        _key = LibcryptoKey.FromPrivate(LibcryptoKey.Ed25519, seed);
        PublicKey = _key.ExportPublic();
    }

    public override byte[] PublicKey { get; }

    public override byte[] Sign(ReadOnlySpan<byte> message) => _key.Sign(message);

    public static bool Verify(byte[] publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (!IsCanonical(publicKey))
            return false;
        using LibcryptoKey key = LibcryptoKey.FromPublic(LibcryptoKey.Ed25519, publicKey);
        return key.Verify(message, signature);
    }

    // RFC 8032, section 5.1.3: the y coordinate is below 2^255 - 19, and an x of zero, which only y = 1 and y = -1 have, is not negative. libcrypto takes a
    // key that breaks this, other implementations do not.
    private static bool IsCanonical(ReadOnlySpan<byte> publicKey)
    {
        bool isNegative = (publicKey[31] & 0x80) != 0;
        bool isHigh = (publicKey[31] & 0x7f) == 0x7f && publicKey[1..31].IndexOfAnyExcept((byte)0xff) < 0;
        if (isHigh && (publicKey[0] >= 0xed || (publicKey[0] == 0xec && isNegative)))
            return false;
        bool isOne = publicKey[0] == 1 && publicKey[1..31].IndexOfAnyExcept((byte)0) < 0 && (publicKey[31] & 0x7f) == 0;
        return !(isOne && isNegative);
    }
}
