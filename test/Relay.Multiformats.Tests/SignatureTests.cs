using System.Formats.Asn1;
using System.Globalization;
using System.Numerics;
using Relay.Multiformats.Tests.Vectors;

namespace Relay.Multiformats.Tests;

public sealed class SignatureTests
{
    private static readonly BigInteger Secp256k1Order =
        BigInteger.Parse("0fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    [TestCaseSource(typeof(KeyVectors), nameof(KeyVectors.Signatures))]
    public void A_signature_of_another_implementation_verifies(byte[] publicKey, byte[] message, byte[] signature)
        => Assert.That(PublicKey.FromProtobuf(publicKey).Verify(message, signature), Is.True);

    [TestCaseSource(typeof(KeyVectors), nameof(KeyVectors.Signatures))]
    public void A_signature_with_one_bit_flipped_does_not_verify(byte[] publicKey, byte[] message, byte[] signature)
    {
        PublicKey key = PublicKey.FromProtobuf(publicKey);
        Random random = new(1);
        for (int i = 0; i < signature.Length; i++)
        {
            byte[] changed = (byte[])signature.Clone();
            changed[i] ^= (byte)(1 << random.Next(8));
            Assert.That(key.Verify(message, changed), Is.False, $"byte {i}");
        }
    }

    [TestCaseSource(typeof(KeyVectors), nameof(KeyVectors.Signatures))]
    public void A_message_with_one_bit_flipped_does_not_verify(byte[] publicKey, byte[] message, byte[] signature)
    {
        PublicKey key = PublicKey.FromProtobuf(publicKey);
        for (int i = 0; i < message.Length; i++)
        {
            byte[] changed = (byte[])message.Clone();
            changed[i] ^= 1;
            Assert.That(key.Verify(changed, signature), Is.False, $"byte {i}");
        }
        Assert.That(key.Verify(message.AsSpan(1), signature), Is.False);
        Assert.That(key.Verify([], signature), Is.False);
    }

    [TestCaseSource(typeof(KeyVectors), nameof(KeyVectors.Signatures))]
    public void A_malformed_signature_does_not_verify_and_does_not_throw(byte[] publicKey, byte[] message, byte[] signature)
    {
        PublicKey key = PublicKey.FromProtobuf(publicKey);
        byte[][] malformed =
        [
            [],
            [0],
            signature[..^1],
            [.. signature, 0],
            new byte[signature.Length],
            [.. Enumerable.Repeat((byte)0xff, signature.Length)],
            new byte[100_000],
            [0x30, 0x00],
            [0x30, 0x80, .. signature[2..], 0, 0], // BER: a length to be found out
            KeyEncoding.Signature(0, 0),
            KeyEncoding.Signature(1, 0),
            KeyEncoding.Signature(-1, -1),
            KeyEncoding.Signature(BigInteger.One << 4000, BigInteger.One << 4000),
        ];

        foreach (byte[] bytes in malformed)
            Assert.That(key.Verify(message, bytes), Is.False, Convert.ToHexString(bytes.AsSpan(0, Math.Min(bytes.Length, 100))));
    }

    [TestCaseSource(typeof(KeyVectors), nameof(KeyVectors.Signatures))]
    public void A_signature_of_another_key_does_not_verify(byte[] publicKey, byte[] message, byte[] signature)
    {
        foreach (TestCaseData other in KeyVectors.Signatures())
        {
            byte[] otherKey = (byte[])other.Arguments[0]!;
            if (!otherKey.AsSpan().SequenceEqual(publicKey))
                Assert.That(PublicKey.FromProtobuf(otherKey).Verify(message, signature), Is.False);
        }
    }

    [Test]
    public void Of_the_two_s_that_a_secp256k1_signature_can_have_both_verify_and_none_beyond_the_order()
    {
        TestCaseData vector = KeyVectors.Signatures().First(data => ((byte[])data.Arguments[0]!)[1] == (byte)KeyType.Secp256k1);
        PublicKey key = PublicKey.FromProtobuf((byte[])vector.Arguments[0]!);
        byte[] message = (byte[])vector.Arguments[1]!;
        AsnReader reader = new AsnReader((byte[])vector.Arguments[2]!, AsnEncodingRules.DER).ReadSequence();
        BigInteger r = reader.ReadInteger();
        BigInteger s = reader.ReadInteger();

        Assert.That(key.Verify(message, KeyEncoding.Signature(r, s)), Is.True);
        Assert.That(key.Verify(message, KeyEncoding.Signature(r, Secp256k1Order - s)), Is.True);
        Assert.That(key.Verify(message, KeyEncoding.Signature(r, s + Secp256k1Order)), Is.False);
        Assert.That(key.Verify(message, KeyEncoding.Signature(r + Secp256k1Order, s)), Is.False);
    }

    [Test]
    public void An_Ed25519_key_that_is_no_point_verifies_nothing()
    {
        byte[] signature = IdentityKey.Generate().Sign([1, 2, 3]);
        foreach (byte fill in new byte[] { 0xff, 0x02 })
        {
            byte[] bytes = KeyEncoding.Protobuf(KeyType.Ed25519, [.. Enumerable.Repeat(fill, 32)]);
            Assert.That(PublicKey.FromProtobuf(bytes).Verify([1, 2, 3], signature), Is.False);
        }
    }
}
