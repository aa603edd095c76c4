using Relay.Multiformats.Tests.Vectors;

namespace Relay.Multiformats.Tests;

public sealed class MultiaddressTests
{
    [TestCaseSource(typeof(AddressVectors), nameof(AddressVectors.Cases))]
    public void Text_and_bytes_are_those_of_other_implementations(string text, string hex)
    {
        Multiaddress fromText = Multiaddress.Parse(text);
        Multiaddress fromBytes = Multiaddress.FromBytes(Convert.FromHexString(hex));

        Assert.That(Convert.ToHexStringLower(fromText.ToByteArray()), Is.EqualTo(hex));
        Assert.That(fromBytes.ToString(), Is.EqualTo(text));
        Assert.That(fromText, Is.EqualTo(fromBytes));
        Assert.That(fromText.GetHashCode(), Is.EqualTo(fromBytes.GetHashCode()));
        Assert.That(fromText == fromBytes && !(fromText != fromBytes));
        Assert.That(fromText.Components, Is.EqualTo(fromBytes.Components));
        Assert.That(fromText.PeerId, Is.EqualTo(fromBytes.PeerId));
    }

    // github.com/multiformats/go-multiaddr, multiaddr_test.go, "good": those of our protocols that are not canonical already.
    [TestCase("/ip4/127.0.0.1/tcp/1234/", "/ip4/127.0.0.1/tcp/1234")]
    [TestCase("/ip6zone/x%y/ip6/::", "/ip6zone/x%y/ip6/::")]
    [TestCase("/ip6/2601:9:4f81:9700:803e:ca65:66e8:c21/udp/1234/quic", "/ip6/2601:9:4f81:9700:803e:ca65:66e8:c21/udp/1234/quic")]
    [TestCase("/udp/0", "/udp/0")]
    [TestCase("/tcp/65535", "/tcp/65535")]
    [TestCase("/ipfs/QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC", "/p2p/QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC")]
    [TestCase("/ipfs/k2k4r8oqamigqdo6o7hsbfwd45y70oyynp98usk7zmyfrzpqxh1pohl7/tcp/1234", "/p2p/QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC/tcp/1234")]
    [TestCase("/p2p/k51qzi5uqu5dhb6l8spkdx7yxafegfkee5by8h7lmjh2ehc2sgg34z7c15vzqs", "/p2p/12D3KooWCryG7Mon9orvQxcS1rYZjotPgpwoJNHHKcLLfE4Hf5mV")]
    [TestCase("/p2p/bafzaajaiaejcalj543iwv2d7pkjt7ykvefrkfu7qjfi6sduakhso4lay6abn2d5u", "/p2p/12D3KooWCryG7Mon9orvQxcS1rYZjotPgpwoJNHHKcLLfE4Hf5mV")]
    [TestCase("/udp/1/quic-v1/webtransport/certhash/b2uaraocy6yrdblb4sfptaddgimjmmpy", "/udp/1/quic-v1/webtransport/certhash/u1QEQOFj2IjCsPJFfMAxmQxLGPw")]
    // Ours.
    [TestCase("/ip6/2001:0DB8:0:0:0:0:0:1", "/ip6/2001:db8::1")]
    [TestCase("/tcp/00080", "/tcp/80")]
    [TestCase("/dns/bücher.example/tcp/1", "/dns/bücher.example/tcp/1")]
    [TestCase("/dns4/example.com./tcp/1", "/dns4/example.com./tcp/1")]
    public void Text_is_shown_in_its_canonical_spelling(string text, string shown)
    {
        Multiaddress address = Multiaddress.Parse(text);

        Assert.That(address.ToString(), Is.EqualTo(shown));
        Assert.That(Multiaddress.Parse(shown), Is.EqualTo(address));
        Assert.That(Multiaddress.FromBytes(address.ToByteArray()), Is.EqualTo(address));
    }

    [Test]
    public void Components_are_listed_in_order_with_their_values()
    {
        Multiaddress address = Multiaddress.Parse("/dns4/relay.example/tcp/443/tls/ws");

        Assert.That(address.Components, Is.EqualTo(new MultiaddressComponent[]
        {
            new(MultiaddressProtocol.Dns4, "relay.example"),
            new(MultiaddressProtocol.Tcp, "443"),
            new(MultiaddressProtocol.Tls, ""),
            new(MultiaddressProtocol.Ws, ""),
        }));
        Assert.That(address.Components[1].ToString(), Is.EqualTo("/tcp/443"));
        Assert.That(address.Components[3].ToString(), Is.EqualTo("/ws"));
        Assert.That(address.Has(MultiaddressProtocol.Tls), Is.True);
        Assert.That(address.Has(MultiaddressProtocol.Wss), Is.False);
    }

    [Test]
    public void Every_protocol_has_its_number_and_its_name()
    {
        // github.com/multiformats/multiaddr, protocols.csv.
        Dictionary<string, int> numbers = new()
        {
            ["ip4"] = 4,
            ["tcp"] = 6,
            ["ip6"] = 41,
            ["ip6zone"] = 42,
            ["dns"] = 53,
            ["dns4"] = 54,
            ["dns6"] = 55,
            ["dnsaddr"] = 56,
            ["udp"] = 273,
            ["webrtc-direct"] = 280,
            ["webrtc"] = 281,
            ["p2p-circuit"] = 290,
            ["p2p"] = 421,
            ["tls"] = 448,
            ["sni"] = 449,
            ["noise"] = 454,
            ["quic"] = 460,
            ["quic-v1"] = 461,
            ["webtransport"] = 465,
            ["certhash"] = 466,
            ["ws"] = 477,
            ["wss"] = 478,
            ["http"] = 480,
        };

        IEnumerable<string> names = Enum.GetValues<MultiaddressProtocol>().Select(protocol => new MultiaddressComponent(protocol, "").ToString()[1..]);
        Assert.That(names, Is.EquivalentTo(numbers.Keys));
        Assert.That(Enum.GetValues<MultiaddressProtocol>().Select(protocol => (int)protocol), Is.EquivalentTo(numbers.Values));
        foreach (MultiaddressProtocol protocol in Enum.GetValues<MultiaddressProtocol>())
            Assert.That(numbers[new MultiaddressComponent(protocol, "").ToString()[1..]], Is.EqualTo((int)protocol));
    }

    [Test]
    public void Only_the_id_at_the_end_is_the_peer_that_is_addressed()
    {
        const string relay = "/ip4/192.0.2.1/tcp/4001/p2p/QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N";
        const string peer = "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA";

        Assert.That(Multiaddress.Parse(relay).PeerId, Is.EqualTo(PeerId.Parse("QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N")));
        Assert.That(Multiaddress.Parse($"{relay}/p2p-circuit").PeerId, Is.Null);
        Assert.That(Multiaddress.Parse($"{relay}/p2p-circuit/p2p/{peer}").PeerId, Is.EqualTo(PeerId.Parse(peer)));
        Assert.That(Multiaddress.Parse("/ip4/192.0.2.1/tcp/4001").PeerId, Is.Null);
    }

    [Test]
    public void Addresses_that_differ_are_not_equal()
    {
        Multiaddress address = Multiaddress.Parse("/ip4/192.0.2.1/tcp/4001");

        Assert.That(address, Is.Not.EqualTo(Multiaddress.Parse("/ip4/192.0.2.1/tcp/4002")));
        Assert.That(address, Is.Not.EqualTo(Multiaddress.Parse("/ip4/192.0.2.1/tcp/4001/ws")));
        Assert.That(address == null || null == address, Is.False);
    }

    [Test]
    public void The_bytes_handed_out_are_a_copy()
    {
        Multiaddress address = Multiaddress.Parse("/ip4/192.0.2.1/tcp/4001");
        address.ToByteArray()[1] = 0;

        Assert.That(address.ToByteArray()[1], Is.EqualTo(192));
    }
}
