namespace Relay.Multiformats.Tests;

public sealed class MultibaseTests
{
    // github.com/multiformats/multibase, tests/basic.csv: "yes mani !" in the bases in use.
    [TestCase("f796573206d616e692021")]
    [TestCase("F796573206D616E692021")]
    [TestCase("bpfsxgidnmfxgsibb")]
    [TestCase("BPFSXGIDNMFXGSIBB")]
    [TestCase("k2lcpzo5yikidynfl")]
    [TestCase("K2LCPZO5YIKIDYNFL")]
    [TestCase("z7paNL19xttacUY")]
    [TestCase("meWVzIG1hbmkgIQ")]
    [TestCase("ueWVzIG1hbmkgIQ")]
    // tests/case_insensitivity.csv has "hello world" in mixed case; this is the same for ours.
    [TestCase("f796573206D616E692021")]
    [TestCase("bPFSXGIdnmfxgsibb")]
    public void Text_in_a_base_is_decoded(string text)
    {
        Assert.That(Multibase.TryDecode(text, out byte[]? bytes, out string? error), Is.True, error);
        Assert.That(bytes, Is.EqualTo("yes mani !"u8.ToArray()));
    }

    [Test]
    public void Bytes_of_every_length_survive_the_round_trip([Values('f', 'F', 'b', 'B', 'k', 'K', 'z', 'm', 'u')] char prefix)
    {
        for (int length = 0; length <= 130; length++)
        {
            foreach (byte[] bytes in new[] { new byte[length], [.. Enumerable.Repeat((byte)0xff, length)], new Random(length).GetItems<byte>([0, 1, 127, 128, 200], length) })
            {
                string text = Multibase.Encode(bytes, prefix);
                Assert.That(Multibase.TryDecode(text, out byte[]? decoded, out string? error), Is.True, $"{length} bytes: {error}");
                Assert.That(decoded, Is.EqualTo(bytes));
            }
        }
    }

    [TestCase("")]
    [TestCase("!")]
    [TestCase("é")]
    [TestCase("\uD83D\uDE80\uD83D\uDE80", Description = "base256emoji")]
    [TestCase("f7")]
    [TestCase("fgg")]
    [TestCase("z0")]
    [TestCase("bpfsxgidnmfxgsib1")]
    [TestCase("bpfsxgidnmfxgsibb=")]
    [TestCase("bé")]
    [TestCase("z\u2603")]
    [TestCase("z\u007f")]
    [TestCase("k\0")]
    [TestCase("ueWVzIG1hbmkgIR", Description = "bits beyond the last byte")]
    [TestCase("bpf", Description = "likewise; the byte is bpe")]
    [TestCase("bp", Description = "not even one byte")]
    [TestCase("ueWVzIG1hbmkgIQ==", Description = "padding")]
    [TestCase("UeWVzIG1hbmkgIQ==", Description = "a base with padding")]
    [TestCase("uAAAAA", Description = "a length that base64 does not have")]
    [TestCase("mAAAAA")]
    [TestCase("001111001", Description = "base 2, which nobody uses")]
    public void Text_that_is_not_canonical_in_its_base_is_refused(string text)
    {
        Assert.That(Multibase.TryDecode(text, out _, out string? error), Is.False);
        Assert.That(error, Is.Not.Null.And.Not.Empty);
    }
}
