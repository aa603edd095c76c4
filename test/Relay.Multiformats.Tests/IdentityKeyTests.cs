using Relay.Multiformats.Tests.Vectors;

namespace Relay.Multiformats.Tests;

public sealed class IdentityKeyTests
{
    // libp2p/js-libp2p, packages/crypto/test/fixtures/go-key-ed25519.ts: the form with the public key twice, made with go-libp2p-crypto; and a signature by it.
    private const string LegacyPrivate =
        "08011260c9d0016eb010e62542b895fc4e38ce8802267698e2c575c836bd9cdab8077639e931dd61a49ef18149a6e1ffc1761654370ff9a8e1b4c6bf0e4bbbf3965be825e931dd61a49ef18149a6e1ffc1761654370ff9a8e1b4c6bf0e4bbbf3965be825";

    private const string LegacySignature =
        "07e6afa4e43a4ed03ef3498e53c3b0d9a63e29a5a8a44bb3a3566620125496ed27cfd51486ed3229b0b7e58526ff2ae444ba640eaf9cf3767d7d78d47c67fc0c";

    [Test]
    public void The_specs_private_key_gives_the_specs_public_key()
    {
        IdentityKey key = IdentityKey.FromProtobuf(Convert.FromHexString(KeyVectors.SpecEd25519Private));

        Assert.That(Convert.ToHexStringLower(key.PublicKey.ToProtobuf()), Is.EqualTo(KeyVectors.SpecEd25519Public));
        Assert.That(Convert.ToHexStringLower(key.ToProtobuf()), Is.EqualTo(KeyVectors.SpecEd25519Private));
        Assert.That(key.PeerId.ToString(), Is.EqualTo("12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq"));
        Assert.That(key.PeerId, Is.EqualTo(key.PublicKey.ToPeerId()));
    }

    // RFC 8032, section 7.1: tests 1, 2, 3 and SHA(abc).
    [TestCase(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [TestCase(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [TestCase(
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    [TestCase(
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42", "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704")]
    public void Signing_is_Ed25519_of_RFC_8032(string seed, string publicKey, string message, string signature)
    {
        IdentityKey key = IdentityKey.FromSeed(Convert.FromHexString(seed));

        Assert.That(Convert.ToHexStringLower(key.PublicKey.Data.Span), Is.EqualTo(publicKey));
        Assert.That(Convert.ToHexStringLower(key.Sign(Convert.FromHexString(message))), Is.EqualTo(signature));
        Assert.That(key.PublicKey.Verify(Convert.FromHexString(message), Convert.FromHexString(signature)), Is.True);
    }

    [Test]
    public void The_older_form_is_read_and_the_newer_one_written()
    {
        IdentityKey key = IdentityKey.FromProtobuf(Convert.FromHexString(LegacyPrivate));

        Assert.That(Convert.ToHexStringLower(key.Sign(KeyVectors.JsMessage)), Is.EqualTo(LegacySignature));
        Assert.That(Convert.ToHexStringLower(key.ToProtobuf()), Is.EqualTo("08011240" + LegacyPrivate[8..^64]));
    }

    [Test]
    public void Generated_keys_differ_and_work()
    {
        IdentityKey one = IdentityKey.Generate();
        IdentityKey other = IdentityKey.Generate();

        Assert.That(one.PeerId, Is.Not.EqualTo(other.PeerId));
        Assert.That(one.PublicKey.Verify("hi"u8, one.Sign("hi"u8)), Is.True);
        Assert.That(other.PublicKey.Verify("hi"u8, one.Sign("hi"u8)), Is.False);
        Assert.That(IdentityKey.FromProtobuf(one.ToProtobuf()).PeerId, Is.EqualTo(one.PeerId));
    }

    [TestCase("", "the key type or the key data is missing")]
    [TestCase("0801", "the key type or the key data is missing")]
    [TestCase("ff", "not a protobuf message")]
    [TestCase("08011200", "64 bytes (or 96 in the older form), not 0")]
    [TestCase(KeyVectors.SpecEd25519Public, "64 bytes (or 96 in the older form), not 32", Description = "a public key")]
    [TestCase(KeyVectors.SpecSecp256k1Private, "of type Secp256k1; an identity key is Ed25519")]
    [TestCase("0800120100", "of type Rsa; an identity key is Ed25519")]
    [TestCase("0807120100", "of type 7; an identity key is Ed25519")]
    public void What_is_no_Ed25519_private_key_is_refused_with_the_reason(string hex, string reason)
        => Assert.That(() => IdentityKey.FromProtobuf(Convert.FromHexString(hex)), Throws.TypeOf<FormatException>().With.Message.Contains(reason));

    [Test]
    public void A_public_half_that_does_not_belong_to_the_private_one_is_refused()
    {
        byte[] key = Convert.FromHexString(KeyVectors.SpecEd25519Private);
        byte[] legacy = Convert.FromHexString(LegacyPrivate);
        foreach ((byte[] bytes, int at) in new[] { (key, 4), (key, 36), (legacy, 36), (legacy, 68) })
        {
            byte[] changed = (byte[])bytes.Clone();
            changed[at] ^= 1;
            Assert.That(() => IdentityKey.FromProtobuf(changed), Throws.TypeOf<FormatException>().With.Message.Contains("does not belong"));
        }
    }

    [Test]
    public void A_seed_has_32_bytes()
    {
        Assert.That(() => IdentityKey.FromSeed(new byte[31]), Throws.ArgumentException);
        Assert.That(() => IdentityKey.FromSeed(new byte[33]), Throws.ArgumentException);
    }

    [Test]
    public void Nothing_private_is_shown()
    {
        IdentityKey key = IdentityKey.FromProtobuf(Convert.FromHexString(KeyVectors.SpecEd25519Private));

        Assert.That(key.ToString(), Is.EqualTo($"Ed25519 {key.PeerId}"));
    }
}
