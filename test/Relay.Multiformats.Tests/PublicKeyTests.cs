using Relay.Multiformats.Tests.Vectors;

namespace Relay.Multiformats.Tests;

public sealed class PublicKeyTests
{
    private const string Ed25519Data = "1ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e";

    [TestCase(KeyVectors.SpecEd25519Public, KeyType.Ed25519, 32)]
    [TestCase(KeyVectors.SpecSecp256k1Public, KeyType.Secp256k1, 33)]
    [TestCase(KeyVectors.SpecEcdsaPublic, KeyType.Ecdsa, 91)]
    [TestCase(KeyVectors.SpecRsaPublic, KeyType.Rsa, 550)]
    [TestCase(KeyVectors.JsRsaPublic, KeyType.Rsa, 294)]
    public void The_specs_keys_survive_the_round_trip(string hex, KeyType type, int dataLength)
    {
        byte[] bytes = Convert.FromHexString(hex);
        PublicKey key = PublicKey.FromProtobuf(bytes);

        Assert.That(key.Type, Is.EqualTo(type));
        Assert.That(key.Data.ToArray(), Is.EqualTo(bytes[^dataLength..]));
        Assert.That(key.ToProtobuf(), Is.EqualTo(bytes));
        Assert.That(PublicKey.FromProtobuf(key.ToProtobuf()), Is.EqualTo(key));
        Assert.That(key.ToString(), Is.EqualTo($"{type} {key.ToPeerId()}"));
    }

    [TestCase("08011220" + Ed25519Data + "1801", Description = "a field that keys do not have")]
    [TestCase("0881001220" + Ed25519Data, Description = "the type in two bytes")]
    [TestCase("080112a000" + Ed25519Data, Description = "the length in two bytes")]
    [TestCase("1220" + Ed25519Data + "0801", Description = "the fields the wrong way round")]
    [TestCase("080008011220" + Ed25519Data, Description = "the type twice; the last one counts")]
    public void A_key_has_one_id_however_it_was_encoded(string hex)
    {
        PublicKey key = PublicKey.FromProtobuf(Convert.FromHexString(hex));

        Assert.That(Convert.ToHexStringLower(key.ToProtobuf()), Is.EqualTo(KeyVectors.SpecEd25519Public));
        Assert.That(key.ToPeerId(), Is.EqualTo(PublicKey.FromProtobuf(Convert.FromHexString(KeyVectors.SpecEd25519Public)).ToPeerId()));
        Assert.That(key, Is.EqualTo(PublicKey.FromProtobuf(Convert.FromHexString(KeyVectors.SpecEd25519Public))));
    }

    [TestCase("", "the key type is missing")]
    [TestCase("1220" + Ed25519Data, "the key type is missing")]
    [TestCase("0801", "the key data is missing")]
    [TestCase("08011200", "has 32 bytes, not 0")]
    [TestCase("0801121f" + "1ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce2", "has 32 bytes, not 31")]
    [TestCase("08011221" + Ed25519Data + "00", "has 32 bytes, not 33")]
    [TestCase("08041220" + Ed25519Data, "key type 4 is not known")]
    [TestCase("08ffffffffffffffffff011220" + Ed25519Data, "key type -1 is not known")]
    [TestCase("0a01001220" + Ed25519Data, "the key type is missing", Description = "the type as bytes")]
    [TestCase("08011221" + Ed25519Data, "not a protobuf message", Description = "cut off")]
    [TestCase("ffff", "not a protobuf message")]
    [TestCase("08021220037777e994e452c21604f91de093ce415f5432f701dd8cd1a7a6fea0e630bfca", "compressed point of 33 bytes")]
    [TestCase("08021221047777e994e452c21604f91de093ce415f5432f701dd8cd1a7a6fea0e630bfca99", "compressed point")]
    [TestCase("0802122102ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "not a point on the curve")]
    [TestCase("08021221020000000000000000000000000000000000000000000000000000000000000005", "not a point on the curve")]
    // ECDSA on other curves and in other encodings, made with OpenSSL: secp256k1, P-224, brainpoolP256r1, compressed, and one bit off the curve.
    [TestCase("080312583056301006072a8648ce3d020106052b8104000a03420004268ffeeb6e6a51b04904981751d1ee981cef52b3c4e518fe6c92f057686a6f87b4c41e414eb93f8fa76aeae1803455da34d3ad307efb57051e43496c53558271", "P-256, P-384 or P-521")]
    [TestCase("08031250304e301006072a8648ce3d020106052b81040021033a000431db91d27356007eed2901efa7adac294b5e9dbe22f8af6d77773e3ae36a8cd1ede96fab1abf70800ab35efb086ab9970024b689da2c11ab", "P-256, P-384 or P-521")]
    [TestCase("0803125c305a301406072a8648ce3d020106092b2403030208010107034200045d5559a4c481f3d9549e5b35ed363b81e7e0cbb45cf48550d79e6212898bb08405910be11cc8f441cd13025530934b52cd8968a44ea9b97f874378c11c822069", "P-256, P-384 or P-521")]
    [TestCase("0803123b3039301306072a8648ce3d020106082a8648ce3d03010703220003bd92712d5359c1f859ba37355ac568ba3378250a70a874e7f2a7e033d0d879fb", "uncompressed")]
    [TestCase("0803125b3059301306072a8648ce3d020106082a8648ce3d03010703420004de3d300fa36ae0e8f5d530899d83abab44abf3161f162a4bc901d8e6ecda020e8b6d5f8da30525e71d6851510c098e5c47c646a597fb4dcec034e9f77c409e63", "not a point on its curve")]
    public void What_is_no_key_is_refused_with_the_reason(string hex, string reason)
    {
        byte[] bytes = Convert.FromHexString(hex);

        Assert.That(PublicKey.TryFromProtobuf(bytes, out PublicKey? key, out string? error), Is.False);
        Assert.That(key, Is.Null);
        Assert.That(error, Does.Contain(reason));
        Assert.That(() => PublicKey.FromProtobuf(bytes), Throws.TypeOf<FormatException>().With.Message.EqualTo($"Not a public key: {error}."));
    }

    [Test]
    public void A_long_encoding_is_refused_unread()
    {
        byte[] key = Convert.FromHexString(KeyVectors.SpecEd25519Public);
        byte[] padding = [0x1a, 0xd9, 0x0f, .. new byte[PublicKey.MaxProtobufLength - key.Length - 3]];

        Assert.That(PublicKey.TryFromProtobuf([.. key, .. padding], out _, out _), Is.True);
        Assert.That(PublicKey.TryFromProtobuf([.. key, .. padding, 0], out _, out string? error), Is.False);
        Assert.That(error, Does.Contain("2049 bytes"));
    }

    [TestCase(2047, "2048 to 8192 bits, not 2047")]
    [TestCase(2048, null)]
    [TestCase(8192, null)]
    [TestCase(8193, "2048 to 8192 bits, not 8193")]
    [TestCase(9000, "at most")]
    public void An_RSA_key_has_2048_to_8192_bits(int bits, string? reason)
        => AssertRsa(KeyEncoding.Rsa(KeyEncoding.OddNumber(bits), 65537), reason);

    [TestCase(1, "RSA key")]
    [TestCase(2, "RSA key")]
    [TestCase(3, null)]
    [TestCase(65536, "RSA key")]
    [TestCase(0xffffffffL, null)]
    [TestCase(0x100000001L, "RSA key")]
    public void An_RSA_exponent_is_odd_and_short(long exponent, string? reason)
        => AssertRsa(KeyEncoding.Rsa(KeyEncoding.OddNumber(2048), exponent), reason);

    [Test]
    public void An_RSA_key_in_another_encoding_than_DER_is_refused()
    {
        byte[] key = KeyEncoding.Rsa(KeyEncoding.OddNumber(2048), 65537);
        AssertRsa(key, null);

        AssertRsa([.. key, 0], "not in DER");
        Assert.That(key[..4], Is.EqualTo(new byte[] { 0x30, 0x82, 0x01, 0x22 }));
        AssertRsa([0x30, 0x83, 0x00, .. key[2..]], "RSA key"); // the length in a byte more than it needs
        AssertRsa(key[..^1], "PKIX");
    }

    [Test]
    public void A_key_equals_itself_and_no_other()
    {
        PublicKey key = PublicKey.FromProtobuf(Convert.FromHexString(KeyVectors.SpecEd25519Public));
        PublicKey other = PublicKey.FromProtobuf(Convert.FromHexString(KeyVectors.SpecSecp256k1Public));

        Assert.That(key, Is.Not.EqualTo(other));
        Assert.That(key.Equals(null), Is.False);
        Assert.That(key.GetHashCode(), Is.EqualTo(PublicKey.FromProtobuf(key.ToProtobuf()).GetHashCode()));
    }

    private static void AssertRsa(byte[] data, string? reason)
    {
        byte[] bytes = KeyEncoding.Protobuf(KeyType.Rsa, data);
        Assert.That(PublicKey.TryFromProtobuf(bytes, out PublicKey? key, out string? error), Is.EqualTo(reason is null), error);
        Assert.That(error, reason is null ? Is.Null : Does.Contain(reason));
        Assert.That(key?.ToProtobuf(), Is.EqualTo(reason is null ? bytes : null));
    }
}
