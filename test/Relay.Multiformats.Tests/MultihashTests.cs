namespace Relay.Multiformats.Tests;

public sealed class MultihashTests
{
    // github.com/multiformats/multihash, tests/values/test_cases.csv: one row of each function, of different lengths.
    [TestCase("110ae861e452cfd84dca9a17", 0x11ul, 10)]
    [TestCase("1114e861e452cfd84dca9a176258c3d06e020a0c93d8", 0x11ul, 20)]
    [TestCase("1220ffb31f07aa15348368c90c73a834dbf9f8710365860fa0fd4ddce9ac2782cc17", Multihash.Sha256, 32)]
    [TestCase("1340abffa1926b038a2f1833092d93859ba2ee56e07a86b158200fc7d4d5d1eaf350b0f0e511ea6f5043a9f4a7c7886f93355652114709d75b2db4c33741124fd4fe", 0x13ul, 64)]
    [TestCase("14209a7a8207a57d03e9c524ae7fd39563bfe1a466a3a0323875eba8b034a1d59c3b", 0x14ul, 32)]
    [TestCase("0000", Multihash.Identity, 0)]
    public void A_multihash_is_taken_apart(string hex, ulong code, int length)
    {
        byte[] bytes = Convert.FromHexString(hex);

        Assert.That(Multihash.TryRead(bytes, out Multihash multihash, out string? error), Is.True, error);
        Assert.That(multihash.Code, Is.EqualTo(code));
        Assert.That(multihash.Digest.ToArray(), Is.EqualTo(bytes[^length..]).And.Length.EqualTo(length));
    }

    [TestCase("", "hash code")]
    [TestCase("80", "hash code")]
    [TestCase("8000", "hash code", Description = "not the shortest form")]
    [TestCase("12", "digest length")]
    [TestCase("12a000", "digest length", Description = "not the shortest form")]
    [TestCase("1202aa", "says 2 digest bytes and has 1")]
    [TestCase("1202aabbcc", "says 2 digest bytes and has 3")]
    [TestCase("12ffffffffffffffff7faa", "says 9223372036854775807 digest bytes")]
    public void What_is_no_multihash_is_refused_with_the_reason(string hex, string reason)
    {
        Assert.That(Multihash.TryRead(Convert.FromHexString(hex), out _, out string? error), Is.False);
        Assert.That(error, Does.Contain(reason));
    }
}
