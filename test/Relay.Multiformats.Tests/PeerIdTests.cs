using Relay.Multiformats.Tests.Vectors;

namespace Relay.Multiformats.Tests;

public sealed class PeerIdTests
{
    private const string Ed25519Id = "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA";

    // libp2p/specs, peer-ids/peer-ids.md, "Decoding", examples.
    [TestCase("bafzbeie5745rpv2m6tjyuugywy4d5ewrqgqqhfnf445he3omzpjbx5xqxe", "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N")]
    [TestCase("QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N", "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N")]
    [TestCase(Ed25519Id, Ed25519Id)]
    // github.com/multiformats/go-multiaddr, multiaddr_test.go: base36 and base32, Ed25519 and SHA-256.
    [TestCase("k51qzi5uqu5dhb6l8spkdx7yxafegfkee5by8h7lmjh2ehc2sgg34z7c15vzqs", "12D3KooWCryG7Mon9orvQxcS1rYZjotPgpwoJNHHKcLLfE4Hf5mV")]
    [TestCase("bafzaajaiaejcalj543iwv2d7pkjt7ykvefrkfu7qjfi6sduakhso4lay6abn2d5u", "12D3KooWCryG7Mon9orvQxcS1rYZjotPgpwoJNHHKcLLfE4Hf5mV")]
    [TestCase("k2k4r8oqamigqdo6o7hsbfwd45y70oyynp98usk7zmyfrzpqxh1pohl7", "QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC")]
    [TestCase("bafzbeigvf25ytwc3akrijfecaotc74udrhcxzh2cx3we5qqnw5vgrei4bm", "QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC")]
    // Either case, where the base has only one.
    [TestCase("BAFZBEIE5745RPV2M6TJYUUGYWY4D5EWRQGQQHFNF445HE3OMZPJBX5XQXE", "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N")]
    public void An_id_is_read_from_each_of_its_spellings_and_shown_in_base58(string text, string shown)
        => Assert.That(PeerId.Parse(text).ToString(), Is.EqualTo(shown));

    [Test]
    public void An_id_is_shown_as_a_CID_in_base32()
        => Assert.That(
            PeerId.Parse("QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N").ToCidString(),
            Is.EqualTo("bafzbeie5745rpv2m6tjyuugywy4d5ewrqgqqhfnf445he3omzpjbx5xqxe"));

    // Ids that @libp2p/peer-id 6.0.15 (js) gives the keys; the Ed25519 one is the specs' test vector.
    [TestCase(KeyVectors.SpecEd25519Public, "12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq")]
    [TestCase("08021221029ab716c2c42de8feddfb0b13bb6e0fe60d85d8626398dd5d295385a3b3d80ceb", "16Uiu2HAm5qcgz95vsD6KxWWTut9AwDwZA1D3iZLzLPhCKM43k2qp")]
    [TestCase(KeyVectors.JsRsaPublic, KeyVectors.JsRsaId)]
    public void A_key_gives_the_id_that_others_give_it(string key, string id)
    {
        PublicKey publicKey = PublicKey.FromProtobuf(Convert.FromHexString(key));

        Assert.That(PeerId.FromPublicKey(publicKey).ToString(), Is.EqualTo(id));
        Assert.That(publicKey.ToPeerId(), Is.EqualTo(PeerId.Parse(id)));
    }

    [TestCaseSource(nameof(EachForm))]
    public void Bytes_survive_the_round_trip(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        PeerId id = PeerId.FromBytes(bytes);

        Assert.That(id.ToByteArray(), Is.EqualTo(bytes));
        Assert.That(id.ByteLength, Is.EqualTo(bytes.Length));
        Assert.That(PeerId.Parse(id.ToString()), Is.EqualTo(id));
        Assert.That(PeerId.Parse(id.ToCidString()), Is.EqualTo(id));
    }

    [TestCaseSource(nameof(EachForm))]
    public void Ids_with_the_same_bytes_are_equal(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        PeerId one = PeerId.FromBytes(bytes);
        PeerId other = PeerId.FromBytes(bytes);

        Assert.That(one, Is.Not.SameAs(other).And.EqualTo(other));
        Assert.That(one == other && !(one != other));
        Assert.That(one.GetHashCode(), Is.EqualTo(other.GetHashCode()));
        Assert.That(one.CompareTo(other), Is.Zero);
    }

    [TestCaseSource(nameof(EachForm))]
    public void Ids_that_differ_in_any_bit_differ(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        PeerId id = PeerId.FromBytes(bytes);

        // The head says which form it is: changing that gives no id, or one of another form.
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            byte[] changed = (byte[])bytes.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            if (!PeerId.TryFromBytes(changed, out PeerId? other))
                continue;
            Assert.That(other, Is.Not.EqualTo(id), $"bit {bit}");
            Assert.That(other.GetHashCode(), Is.Not.EqualTo(id.GetHashCode()), $"bit {bit}");
        }
    }

    [Test]
    public void The_same_32_bytes_in_another_form_are_another_id()
    {
        string[] heads = ["002408011220", "1220", "00250802122102", "00250802122103"];
        PeerId[] ids = [.. heads.Select(head => PeerId.FromBytes(Convert.FromHexString(head + new string('a', 64))))];

        Assert.That(ids, Is.Unique);
        Assert.That(ids.Select(id => id.GetHashCode()), Is.Unique);
    }

    [Test]
    public void Ids_are_ordered_by_their_bytes()
    {
        PeerId[] ids = [.. EachForm().Reverse().Select(hex => PeerId.FromBytes(Convert.FromHexString(hex)))];
        Array.Sort(ids);

        Assert.That(ids.Select(id => Convert.ToHexString(id.ToByteArray())), Is.Ordered.Using((IComparer<string>)StringComparer.Ordinal));
        Assert.That(ids[0].CompareTo(null), Is.Positive);
    }

    [Test]
    public void The_last_of_the_32_bytes_decides_the_order_last()
    {
        PeerId low = PeerId.FromBytes(Convert.FromHexString("1220" + new string('0', 62) + "ff"));
        PeerId high = PeerId.FromBytes(Convert.FromHexString("122001" + new string('0', 62)));

        Assert.That(low.CompareTo(high), Is.Negative);
        Assert.That(high.CompareTo(low), Is.Positive);
    }

    [Test]
    public void No_id_equals_null()
    {
        PeerId id = PeerId.Parse(Ed25519Id);

        Assert.That(id.Equals(null), Is.False);
        Assert.That(id == null || null == id, Is.False);
        Assert.That((PeerId?)null == null, Is.True);
    }

    [Test]
    public void An_id_that_embeds_its_key_gives_it_back()
    {
        foreach (string hex in new[] { KeyVectors.SpecEd25519Public, KeyVectors.SpecSecp256k1Public })
        {
            PublicKey key = PublicKey.FromProtobuf(Convert.FromHexString(hex));
            Assert.That(key.ToPeerId().TryGetPublicKey(out PublicKey? embedded), Is.True);
            Assert.That(embedded, Is.EqualTo(key));
        }
    }

    [TestCase("1220ffb31f07aa15348368c90c73a834dbf9f8710365860fa0fd4ddce9ac2782cc17", Description = "a digest")]
    [TestCase("0003aabbcc", Description = "no key")]
    [TestCase("002508011220" + "1ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e" + "1f", Description = "a field follows")]
    [TestCase("002608011220" + "1ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e" + "1801", Description = "a field that no key has follows")]
    [TestCase("00250881001220" + "1ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e", Description = "the type is not in its shortest form")]
    [TestCase("002412201ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e0801", Description = "the fields are the wrong way round")]
    public void An_id_gives_no_key_that_has_another_id(string hex)
        => Assert.That(PeerId.FromBytes(Convert.FromHexString(hex)).TryGetPublicKey(out _), Is.False);

    [Test]
    public void A_destination_that_is_too_short_is_refused()
        => Assert.That(() => PeerId.Parse(Ed25519Id).CopyTo(new byte[37]), Throws.ArgumentException);

    private static IEnumerable<string> EachForm() =>
    [
        "0024080112201ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e",
        "122019318b6e5e0cf93a2314bf01269a2cc23cd3dcd452d742cdb9379d8646f6e4a9", // js-libp2p, packages/peer-id/test/fixtures/sample-id.ts
        "002508021221029ab716c2c42de8feddfb0b13bb6e0fe60d85d8626398dd5d295385a3b3d80ceb",
        "00250802122103" + "7777e994e452c21604f91de093ce415f5432f701dd8cd1a7a6fea0e630bfca99",
        "0001aa",
        "0013687474703a2f2f6578616d706c652e636f6d2f", // "http://example.com/", an id that js-libp2p makes for URLs
        "0026" + "08011220" + "1ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e" + "1801",
        "002a" + "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20212223242526272829",
    ];
}
