using System.Formats.Asn1;
using System.Numerics;

namespace Relay.Multiformats.Tests;

/// <summary>Writes keys the way no implementation should, for the parser to refuse.</summary>
internal static class KeyEncoding
{
    /// <summary>Type and data in libp2p's protobuf form.</summary>
    public static byte[] Protobuf(KeyType type, ReadOnlySpan<byte> data)
    {
        byte[] length = new byte[Varint.MaxLength];
        return [0x08, (byte)type, 0x12, .. length.AsSpan(0, Varint.Write(length, (ulong)data.Length)), .. data];
    }

    /// <summary>An RSA public key in PKIX form.</summary>
    public static byte[] Rsa(BigInteger modulus, BigInteger exponent)
    {
        AsnWriter key = new(AsnEncodingRules.DER);
        using (key.PushSequence())
        {
            key.WriteInteger(modulus);
            key.WriteInteger(exponent);
        }
        AsnWriter info = new(AsnEncodingRules.DER);
        using (info.PushSequence())
        {
            using (info.PushSequence())
            {
                info.WriteObjectIdentifier("1.2.840.113549.1.1.1");
                info.WriteNull();
            }
            info.WriteBitString(key.Encode());
        }
        return info.Encode();
    }

    /// <summary>An ECDSA signature in DER.</summary>
    public static byte[] Signature(BigInteger r, BigInteger s)
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(r);
            writer.WriteInteger(s);
        }
        return writer.Encode();
    }

    /// <summary>An odd number of so many bits.</summary>
    public static BigInteger OddNumber(int bits)
    {
        byte[] bytes = new byte[bits / 8 + 1];
        new Random(bits).NextBytes(bytes);
        BigInteger top = BigInteger.One << (bits - 1);
        return (new BigInteger(bytes, isUnsigned: true) % top) | top | 1;
    }
}
