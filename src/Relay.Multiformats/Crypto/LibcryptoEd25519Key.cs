namespace Relay.Multiformats.Crypto;

/// <summary>Ed25519 by libcrypto, which holds the key for as long as this object lives.</summary>
internal sealed class LibcryptoEd25519Key : Ed25519Key
{
    /// <summary>The y coordinates of the eight points whose order divides eight.</summary>
    private static readonly byte[][] SmallOrder =
    [
        Convert.FromHexString("0000000000000000000000000000000000000000000000000000000000000000"),
        Convert.FromHexString("0100000000000000000000000000000000000000000000000000000000000000"),
        Convert.FromHexString("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        Convert.FromHexString("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
        Convert.FromHexString("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    ];

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
        if (!IsAcceptable(publicKey))
            return false;
        using LibcryptoKey key = LibcryptoKey.FromPublic(LibcryptoKey.Ed25519, publicKey);
        return key.Verify(message, signature);
    }

    // What libcrypto would take and should not: a y coordinate of 2^255 - 19 or more (RFC 8032, section 5.1.3), and points of small order, for which
    // anybody can make signatures. The sign of x, in the highest bit, does not matter to either.
    private static bool IsAcceptable(ReadOnlySpan<byte> publicKey)
    {
        Span<byte> y = stackalloc byte[Ed25519.PublicKeyLength];
        publicKey.CopyTo(y);
        y[^1] &= 0x7f;
        bool isBelowPrime = y[^1] < 0x7f || y[1..^1].ContainsAnyExcept((byte)0xff) || y[0] < 0xed;
        if (!isBelowPrime)
            return false;
        foreach (byte[] small in SmallOrder)
        {
            if (y.SequenceEqual(small))
                return false;
        }

        return true;
    }
}
