namespace Relay.Multiformats.Tests;

public sealed class MultiaddressBadInputTests
{
    // github.com/multiformats/go-multiaddr, multiaddr_test.go, TestConstructFails: those of our protocols.
    [TestCase("/ip4", "/ip4 needs a value")]
    [TestCase("/ip4/::1", "not an IPv4 address")]
    [TestCase("/ip4/fdpsofodsajfdoisa", "not an IPv4 address")]
    [TestCase("/ip6", "/ip6 needs a value")]
    [TestCase("/ip6zone", "needs a value")]
    [TestCase("/ip6zone/", "needs a value")]
    [TestCase("/ip6zone//ip6/fe80::1", "the name is empty")]
    [TestCase("/udp", "needs a value")]
    [TestCase("/tcp", "needs a value")]
    [TestCase("/udp/65536", "not a port")]
    [TestCase("/tcp/65536", "not a port")]
    [TestCase("/quic/65536", "protocol '65536' is not known")]
    [TestCase("/quic-v1/65536", "protocol '65536' is not known")]
    [TestCase("/ip4/127.0.0.1/udp/jfodsajfidosajfoidsa", "not a port")]
    [TestCase("/ip4/127.0.0.1/tcp", "needs a value")]
    [TestCase("/ip4/127.0.0.1/quic-v1/1234", "not known")]
    [TestCase("/ip4/127.0.0.1/udp/1234/quic-v1/webtransport/certhash", "/certhash needs a value")]
    [TestCase("/ip4/127.0.0.1/udp/1234/quic-v1/webtransport/certhash/b2uaraocy6yrdblb4sfptaddgimjmmp", "/certhash is wrong")]
    [TestCase("/ip4/127.0.0.1/ipfs", "/ipfs needs a value")]
    [TestCase("/ip4/127.0.0.1/ipfs/tcp", "the value of /ipfs is wrong")]
    [TestCase("/ip4/127.0.0.1/p2p", "/p2p needs a value")]
    [TestCase("/ip4/127.0.0.1/p2p/tcp", "the value of /p2p is wrong")]
    [TestCase("/ip4/1.2.3.4/tcp/-1", "not a port")]
    [TestCase("/ip4/127.0.0.1/tcp/9090/http/p2p-webcrt-direct", "protocol 'p2p-webcrt-direct' is not known")]
    [TestCase("/", "a protocol name is missing")]
    [TestCase("", "it is empty")]
    [TestCase("/p2p/QmxoHT6iViN5xAjoz1VZ553cL31U9F94ht3QvWR1FrEbZY", "digest")]
    // Ours.
    [TestCase(null, "it is empty")]
    [TestCase("ip4/1.2.3.4", "does not start with a slash")]
    [TestCase(" /ip4/1.2.3.4", "does not start with a slash")]
    [TestCase("//", "a protocol name is missing")]
    [TestCase("//ip4/1.2.3.4", "a protocol name is missing")]
    [TestCase("/ip4/1.2.3.4//", "a protocol name is missing")]
    [TestCase("/ip4/1.2.3.4//tcp/1", "a protocol name is missing")]
    [TestCase("/IP4/1.2.3.4", "protocol 'IP4' is not known")]
    [TestCase("/onion3/x", "protocol 'onion3' is not known")]
    [TestCase("/unix/a/b", "protocol 'unix' is not known")]
    [TestCase("/ip4/1", "not an IPv4 address", Description = "IPAddress reads it as 0.0.0.1")]
    [TestCase("/ip4/010.0.0.1", "not an IPv4 address", Description = "octal, to IPAddress")]
    [TestCase("/ip4/0x7f.0.0.1", "not an IPv4 address")]
    [TestCase("/ip4/1.2.3.4.5", "not an IPv4 address")]
    [TestCase("/ip4/1.2.3.256", "not an IPv4 address")]
    [TestCase("/ip4/1.2.3.4\0", "not an IPv4 address")]
    [TestCase("/ip6/fe80::1%eth0", "not an IPv6 address")]
    [TestCase("/ip6/[::1]", "not an IPv6 address")]
    [TestCase("/ip6/1.2.3.4", "not an IPv6 address")]
    [TestCase("/ip6/::1::", "not an IPv6 address")]
    [TestCase("/tcp/", "needs a value")]
    [TestCase("/tcp/ 80", "not a port")]
    [TestCase("/tcp/+80", "not a port")]
    [TestCase("/tcp/80\0", "not a port", Description = "the number parser would take it")]
    [TestCase("/tcp/\u0668\u0660", "not a port", Description = "digits, in Arabic")]
    [TestCase("/dns4/", "needs a value")]
    [TestCase("/dns4//tcp/1", "the name is empty")]
    [TestCase("/dns4/a b/tcp/1", "blank or a control character")]
    [TestCase("/dns4/a\nb/tcp/1", "blank or a control character")]
    [TestCase("/certhash/uEgE", "/certhash is wrong", Description = "no multihash")]
    [TestCase("/certhash/!", "/certhash is wrong")]
    [TestCase("/x\n", "protocol of 2 characters is not known", Description = "what would garble a log is not repeated")]
    public void Text_that_is_no_address_is_refused_with_the_reason(string? text, string reason)
    {
        Assert.That(Multiaddress.TryParse(text, out Multiaddress? address, out string? error), Is.False);
        Assert.That(address, Is.Null);
        Assert.That(error, Does.Contain(reason));
        Assert.That(Multiaddress.TryParse(text, out _), Is.False);
        if (text is not null)
            Assert.That(() => Multiaddress.Parse(text), Throws.TypeOf<FormatException>().With.Message.EqualTo($"Not a multiaddress: {error}."));
    }

    [TestCase("", "it is empty")]
    [TestCase("80", "protocol number is not a varint")]
    [TestCase("8400", "protocol number is not a varint", Description = "4 in two bytes")]
    [TestCase("00", "protocol number 0 is not known")]
    [TestCase("bd03adadec040be047f9658668b11a504f3155001f231a37f54c4476c07fb4cc139ed7e30304d2", "protocol number 445 is not known", Description = "onion3")]
    [TestCase("ffffffffffffffff7f", "protocol number 9223372036854775807 is not known")]
    [TestCase("04c00002", "the value of /ip4 is cut off")]
    [TestCase("290000", "the value of /ip6 is cut off")]
    [TestCase("0601", "the value of /tcp is cut off")]
    [TestCase("06", "the value of /tcp is cut off")]
    [TestCase("04c000022a0601", "the value of /tcp is cut off")]
    [TestCase("36", "the length of the value of /dns4 is not a varint")]
    [TestCase("368000", "the length of the value of /dns4 is not a varint")]
    [TestCase("360161ff", "protocol number is not a varint")]
    [TestCase("3600", "the name is empty")]
    [TestCase("360361", "the value of /dns4 is cut off")]
    [TestCase("36ffffffffffffffff7f61", "the value of /dns4 is cut off", Description = "a length of 2^63 - 1")]
    [TestCase("3603612f62", "slash", Description = "a/b")]
    [TestCase("3603610a62", "control character")]
    [TestCase("3603" + "61e280", "not UTF-8")]
    [TestCase("3602c328", "not UTF-8")]
    [TestCase("a50300", "the value of /p2p is wrong")]
    [TestCase("a50303120155", "a SHA-256 digest has 32 bytes")]
    [TestCase("d20300", "the value of /certhash is wrong")]
    [TestCase("d203021205", "the value of /certhash is wrong")]
    public void Bytes_that_are_no_address_are_refused_with_the_reason(string hex, string reason)
    {
        byte[] bytes = Convert.FromHexString(hex);

        Assert.That(Multiaddress.TryFromBytes(bytes, out Multiaddress? address, out string? error), Is.False);
        Assert.That(address, Is.Null);
        Assert.That(error, Does.Contain(reason));
        Assert.That(Multiaddress.TryFromBytes(bytes, out _), Is.False);
        Assert.That(() => Multiaddress.FromBytes(bytes), Throws.TypeOf<FormatException>().With.Message.EqualTo($"Not a multiaddress: {error}."));
    }

    [Test]
    public void An_address_has_at_most_32_components()
    {
        string full = string.Concat(Enumerable.Repeat("/ws", Multiaddress.MaxComponents));
        byte[] bytes = Multiaddress.Parse(full).ToByteArray();

        Assert.That(Multiaddress.TryParse(full + "/ws", out _, out string? error), Is.False);
        Assert.That(error, Does.Contain("more than 32 components"));
        Assert.That(Multiaddress.TryFromBytes(bytes, out _), Is.True);
        Assert.That(Multiaddress.TryFromBytes([.. bytes, 0xdd, 0x03], out _, out error), Is.False);
        Assert.That(error, Does.Contain("more than 32 components"));
    }

    [Test]
    public void An_address_has_at_most_1024_bytes()
    {
        // Four names of 254 bytes with 4 bytes each before them make 1032; the last one is shortened to fit.
        string name = new('a', 254);
        string three = string.Concat(Enumerable.Repeat($"/sni/{name}", 3));
        string exactly = $"{three}/sni/{name[..246]}";

        Assert.That(Multiaddress.Parse(exactly).ToByteArray(), Has.Length.EqualTo(Multiaddress.MaxByteLength));
        Assert.That(Multiaddress.TryParse($"{three}/sni/{name[..247]}", out _, out string? error), Is.False);
        Assert.That(error, Does.Contain("more than 1024 bytes"));
        Assert.That(Multiaddress.TryFromBytes([.. Multiaddress.Parse(exactly).ToByteArray(), 0xdd, 0x03], out _, out error), Is.False);
        Assert.That(error, Does.Contain("more than 1024"));
    }

    [Test]
    public void A_name_has_at_most_254_bytes()
    {
        Assert.That(Multiaddress.TryParse("/dns/" + new string('a', 254), out _), Is.True);
        Assert.That(Multiaddress.TryParse("/dns/" + new string('a', 255), out _, out string? error), Is.False);
        Assert.That(error, Does.Contain("more than 254 bytes"));
        byte[] bytes = [0x35, 0xff, 0x01, .. Enumerable.Repeat((byte)'a', 255)];
        Assert.That(Multiaddress.TryFromBytes(bytes, out _, out error), Is.False);
        Assert.That(error, Does.Contain("more than 254 bytes"));
    }

    [Test]
    public void A_certificate_hash_has_at_most_128_bytes()
    {
        byte[] longest = [0xd2, 0x03, 0x80, 0x01, 0x13, 126, .. new byte[126]];
        byte[] longer = [0xd2, 0x03, 0x81, 0x01, 0x13, 127, .. new byte[127]];

        Assert.That(Multiaddress.TryFromBytes(longest, out Multiaddress? address), Is.True);
        Assert.That(Multiaddress.Parse($"/certhash/f{Convert.ToHexStringLower(longest.AsSpan(4))}"), Is.EqualTo(address));
        Assert.That(Multiaddress.TryFromBytes(longer, out _, out string? error), Is.False);
        Assert.That(error, Does.Contain("more than 128 bytes"));
        Assert.That(Multiaddress.TryParse($"/certhash/f{Convert.ToHexStringLower(longer.AsSpan(4))}", out _, out error), Is.False);
        Assert.That(error, Does.Contain("more than 128 bytes"));
        Assert.That(Multiaddress.TryParse($"/certhash/u{System.Buffers.Text.Base64Url.EncodeToString(longer.AsSpan(4))}", out _, out error), Is.False);
        Assert.That(error, Does.Contain("more than 128 bytes"));
    }

    [Test]
    public void Text_that_is_not_Unicode_is_refused()
    {
        Assert.That(Multiaddress.TryParse("/dns4/\ud800/tcp/1", out _, out string? error), Is.False);
        Assert.That(error, Does.Contain("not Unicode"));
    }

    [Test]
    public void Long_text_is_refused_unread()
    {
        Assert.That(Multiaddress.TryParse("/dns/" + new string('a', 10_000_000), out _, out string? error), Is.False);
        Assert.That(error, Does.Contain("10000005 characters"));
    }

    [Test]
    public void Null_is_a_callers_mistake()
        => Assert.That(() => Multiaddress.Parse(null!), Throws.ArgumentNullException);
}
