namespace Relay.Multiformats.Tests;

public sealed class PeerIdBadInputTests
{
    private const string Good = "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA";

    [TestCase(null, "empty")]
    [TestCase("", "empty")]
    [TestCase(" ", "as a CID it does not start")]
    [TestCase("1", "digest length")]
    [TestCase("Qm", "the multihash says 98 digest bytes and has 0")]
    [TestCase("0" + Good, "as a CID")]
    [TestCase(" " + Good, "as a CID")]
    [TestCase(Good + " ", "base58btc does not use")]
    [TestCase(Good + "\n", "base58btc does not use")]
    [TestCase(Good + "\0", "base58btc does not use")]
    [TestCase("12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5S0", "base58btc does not use")]
    [TestCase("12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5Sl", "base58btc does not use")]
    [TestCase("1\u2603", "base58btc does not use")]
    [TestCase("1\u00ff", "base58btc does not use")]
    [TestCase("1\u007f", "base58btc does not use")]
    [TestCase("Qm\uD83D\uDE80", "base58btc does not use")]
    [TestCase("12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5S", "the multihash", Description = "the last character is missing")]
    [TestCase("1" + Good, "the multihash says 0 digest bytes")]
    [TestCase("11", "1 to 42 bytes, not 0", Description = "identity of nothing")]
    [TestCase("QmxoHT6iViN5xAjoz1VZ553cL31U9F94ht3QvWR1FrEbZY", "digest", Description = "go-multiaddr, multiaddr_test.go: SHA-256 with a digest that is too long")]
    [TestCase("QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5NQmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N", "the multihash")]
    [TestCase("é", "as a CID it does not start")]
    [TestCase("b", "not a CIDv1")]
    [TestCase("bafz", "not canonical")]
    [TestCase("baf\u2603", "not text in base 'b'")]
    [TestCase("bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi", "libp2p-key codec", Description = "a CID of something else")]
    [TestCase("bafzbeie5745rpv2m6tjyuugywy4d5ewrqgqqhfnf445he3omzpjbx5xqxf", "not canonical", Description = "bits beyond the last byte")]
    [TestCase("bafzbeie5745rpv2m6tjyuugywy4d5ewrqgqqhfnf445he3omzpjbx5xqxe======", "not text in base 'b'", Description = "padding")]
    [TestCase("zQmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N", "libp2p-key codec", Description = "a bare multihash in a multibase")]
    public void Text_that_is_no_id_is_refused_with_the_reason(string? text, string reason)
    {
        Assert.That(PeerId.TryParse(text, out PeerId? id, out string? error), Is.False);
        Assert.That(id, Is.Null);
        Assert.That(error, Does.Contain(reason));
        Assert.That(PeerId.TryParse(text, out _), Is.False);
        if (text is not null)
            Assert.That(() => PeerId.Parse(text), Throws.TypeOf<FormatException>().With.Message.EqualTo($"Not a peer id: {error}."));
    }

    [Test]
    public void Text_longer_than_any_id_is_refused_unread()
    {
        // Decoding base58 takes time that grows with the square of the length.
        string text = new('1', 10_000_000);

        Assert.That(PeerId.TryParse(text, out _, out string? error), Is.False);
        Assert.That(error, Does.Contain("10000000 characters"));
        Assert.That(PeerId.TryParse(new string('1', PeerId.MaxTextLength + 1), out _, out error), Is.False);
        Assert.That(error, Does.Contain("characters"));
        Assert.That(PeerId.TryParse(new string('1', PeerId.MaxTextLength), out _, out error), Is.False);
        Assert.That(error, Does.Contain("multihash"));
    }

    [Test]
    public void The_longest_id_is_within_the_longest_text()
    {
        PeerId id = PeerId.FromBytes([0x00, 0x2a, .. Enumerable.Repeat((byte)0xff, 42)]);

        Assert.That(id.ByteLength, Is.EqualTo(PeerId.MaxByteLength));
        Assert.That(id.ToString(), Has.Length.LessThan(PeerId.MaxTextLength));
        Assert.That(PeerId.Parse("f0172" + Convert.ToHexStringLower(id.ToByteArray())), Is.EqualTo(id), "base 16, the most verbose one in use");
    }

    [TestCase("", "hash code")]
    [TestCase("00", "digest length")]
    [TestCase("0000", "an embedded key has 1 to 42 bytes, not 0")]
    [TestCase("1200", "a SHA-256 digest has 32 bytes, not 0")]
    [TestCase("120101", "a SHA-256 digest has 32 bytes, not 1")]
    [TestCase("1114e861e452cfd84dca9a176258c3d06e020a0c93d8", "hash code 0x11 is neither")]
    [TestCase("8000" + "01aa", "hash code", Description = "an identity code that is not in its shortest form")]
    [TestCase("0081000a", "digest length", Description = "a length that is not in its shortest form")]
    public void Bytes_that_are_no_id_are_refused_with_the_reason(string hex, string reason)
    {
        byte[] bytes = Convert.FromHexString(hex);

        Assert.That(PeerId.TryFromBytes(bytes, out PeerId? id, out string? error), Is.False);
        Assert.That(id, Is.Null);
        Assert.That(error, Does.Contain(reason));
        Assert.That(PeerId.TryFromBytes(bytes, out _), Is.False);
        Assert.That(() => PeerId.FromBytes(bytes), Throws.TypeOf<FormatException>().With.Message.EqualTo($"Not a peer id: {error}."));
    }

    [Test]
    public void An_embedded_key_has_at_most_42_bytes()
    {
        Assert.That(PeerId.TryFromBytes([0x00, 42, .. new byte[42]], out _), Is.True);
        Assert.That(PeerId.TryFromBytes([0x00, 43, .. new byte[43]], out _, out string? error), Is.False);
        Assert.That(error, Does.Contain("42 bytes, not 43"));
    }

    [Test]
    public void Bytes_after_the_id_are_refused()
    {
        byte[] bytes = PeerId.Parse(Good).ToByteArray();

        Assert.That(PeerId.TryFromBytes([.. bytes, 0], out _, out string? error), Is.False);
        Assert.That(error, Does.Contain("says 36 digest bytes and has 37"));
    }

    [Test]
    public void Null_is_a_callers_mistake()
    {
        Assert.That(() => PeerId.Parse(null!), Throws.ArgumentNullException);
        Assert.That(() => PeerId.FromPublicKey(null!), Throws.ArgumentNullException);
    }
}
