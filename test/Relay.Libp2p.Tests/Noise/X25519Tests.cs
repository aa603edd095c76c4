using Relay.Libp2p.Noise;
using Relay.Multiformats.Crypto;

namespace Relay.Libp2p.Tests.Noise;

/// <summary>Both implementations of X25519, through the same vectors.</summary>
[TestFixture(false)]
[TestFixture(true)]
internal sealed class X25519Tests(bool isManaged)
{
    /// <summary>Every encoding of a point whose order divides eight, on the curve and on its twist (cr.yp.to, "Curve25519", contributory behaviour).</summary>
    private static readonly string[] SmallOrder =
    [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ];

    [OneTimeSetUp]
    public void Require() => Assume.That(isManaged || Libcrypto.IsUsed, Libcrypto.Description);

    // RFC 7748, section 5.2; the second u has its top bit set, which does not count.
    [TestCase(
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
        "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")]
    [TestCase(
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
        "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
        "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957")]
    public void The_vectors_of_the_RFC_hold(string privateKey, string remotePublicKey, string expected)
        => Assert.That(Agree(Hex(privateKey), Hex(remotePublicKey)), Is.EqualTo(Hex(expected)));

    [TestCase(1, "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079")]
    [TestCase(1000, "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51")]
    public void So_does_the_iterated_vector(int rounds, string expected)
    {
        byte[] k = [9, .. new byte[31]];
        byte[] u = k;
        for (int i = 0; i < rounds; i++)
            (k, u) = (Agree(k, u)!, k);

        Assert.That(Convert.ToHexStringLower(k), Is.EqualTo(expected));
    }

    [Test]
    public void The_public_key_is_the_base_point_multiplied()
    {
        byte[] privateKey = Hex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4");
        using X25519Key key = Make(privateKey);

        Assert.That(key.PublicKey, Is.EqualTo(Agree(privateKey, [9, .. new byte[31]])));
    }

    [TestCaseSource(nameof(SmallOrder))]
    public void A_point_of_small_order_gives_no_secret(string remotePublicKey)
    {
        byte[] withTopBit = Hex(remotePublicKey);
        withTopBit[31] |= 0x80;

        Assert.That(Agree([1, .. new byte[31]], Hex(remotePublicKey)), Is.Null);
        Assert.That(Agree([1, .. new byte[31]], withTopBit), Is.Null);
    }

    // p + 2 to 2^255 - 1 stand for 2 to 18.
    [Test]
    public void A_key_that_is_not_canonical_is_taken_modulo_p([Range(2, 18)] int u)
    {
        byte[] above = [(byte)(0xed + u), .. Enumerable.Repeat((byte)0xff, 30), 0x7f];

        Assert.That(Agree([7, .. new byte[31]], above), Is.EqualTo(Agree([7, .. new byte[31]], [(byte)u, .. new byte[31]])));
    }

    [Test]
    public void It_agrees_with_the_other_implementation()
    {
        Assume.That(Libcrypto.IsUsed, Libcrypto.Description);
        Random random = new(1);
        byte[] privateKey = new byte[32];
        byte[] remote = new byte[32];
        byte[] secret = new byte[32];
        for (int i = 0; i < 100; i++)
        {
            random.NextBytes(privateKey);
            random.NextBytes(remote); // half of them are points of the twist
            using X25519Key other = isManaged ? new LibcryptoX25519Key(privateKey) : new ManagedX25519Key(privateKey);
            Assert.That(other.TryAgree(remote, secret), Is.True);
            Assert.That(Agree(privateKey, remote), Is.EqualTo(secret));
        }
    }

    private byte[]? Agree(byte[] privateKey, byte[] remotePublicKey)
    {
        using X25519Key key = Make(privateKey);
        byte[] secret = new byte[32];
        return key.TryAgree(remotePublicKey, secret) ? secret : null;
    }

    private X25519Key Make(byte[] privateKey) => isManaged ? new ManagedX25519Key(privateKey) : new LibcryptoX25519Key(privateKey);

    private static byte[] Hex(string hex) => Convert.FromHexString(hex);
}
