namespace Relay.Multiformats.Tests.Vectors;

/// <summary>Addresses in text and in bytes, as other implementations have them.</summary>
internal static class AddressVectors
{
    private const string Id = "12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq";
    private const string Sha256Id = "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N";
    private const string IdHex = "0024080112201ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e";
    private const string Sha256IdHex = "12209dff3b17d74cf4d38a50d8b6383e92d181a10395a5e73a726dcccbd21bf6f0b9";
    private const string Hash = "uEiAkH5a4DPGKUuOBjYw0CgwjvcJCJMD2K_1aluKR_tpevQ";
    private const string HashHex = "1220241f96b80cf18a52e3818d8c340a0c23bdc24224c0f62bfd5a96e291feda5ebd";

    /// <summary>Text (canonical) and bytes (hex).</summary>
    public static readonly (string Text, string Hex)[] All =
    [
        // github.com/multiformats/multiaddr, test/multiaddr.feature.
        ("/ip4/192.0.2.42/tcp/443", "04c000022a0601bb"),

        // github.com/multiformats/go-multiaddr, multiaddr_test.go, TestStringToBytes.
        ("/ip4/127.0.0.1/udp/1234", "047f000001910204d2"),
        ("/ip4/127.0.0.1/tcp/4321", "047f0000010610e1"),
        ("/ip4/127.0.0.1/udp/1234/ip4/127.0.0.1/tcp/4321", "047f000001910204d2047f0000010610e1"),

        // Made with @multiformats/multiaddr 13.0.3 (js).
        ($"/ip4/192.0.2.1/tcp/4001/p2p/{Id}", $"04c0000201060fa1a50326{IdHex}"),
        ("/ip6/2001:db8::1/tcp/443/wss", "2920010db80000000000000000000000010601bbde03"),
        ("/ip6/::ffff:192.0.2.1/tcp/1", "2900000000000000000000ffffc0000201060001"),
        ("/ip6zone/eth0/ip6/fe80::1/tcp/22", "2a046574683029fe800000000000000000000000000001060016"),
        ("/dns/example.com/tcp/443/tls/ws", "350b6578616d706c652e636f6d0601bbc003dd03"),
        ("/dns4/example.com/tcp/443/tls/sni/example.com/ws", "360b6578616d706c652e636f6d0601bbc003c1030b6578616d706c652e636f6ddd03"),
        ("/dns6/example.com/udp/443/quic-v1", "370b6578616d706c652e636f6d910201bbcd03"),
        ($"/dnsaddr/bootstrap.libp2p.io/p2p/{Sha256Id}", $"3813626f6f7473747261702e6c69627032702e696fa50322{Sha256IdHex}"),
        (
            $"/ip4/1.2.3.4/udp/4001/quic-v1/webtransport/certhash/{Hash}/certhash/uEiAfbgiymPP2_nX7Dgir8B4QkksjHp2lVuJZz0F79Be9JA",
            $"040102030491020fa1cd03d103d20322{HashHex}d2032212201f6e08b298f3f6fe75fb0e08abf01e10924b231e9da556e259cf417bf417bd24"
        ),
        ($"/ip4/1.2.3.4/udp/4001/webrtc-direct/certhash/{Hash}", $"040102030491020fa19802d20322{HashHex}"),
        ($"/ip4/1.2.3.4/tcp/4001/p2p/{Sha256Id}/p2p-circuit/p2p/{Id}", $"0401020304060fa1a50322{Sha256IdHex}a202a50326{IdHex}"),
        ($"/ip4/1.2.3.4/tcp/4001/p2p/{Sha256Id}/p2p-circuit/webrtc/p2p/{Id}", $"0401020304060fa1a50322{Sha256IdHex}a2029902a50326{IdHex}"),
        ("/ip4/1.2.3.4/udp/4001/quic", "040102030491020fa1cc03"),
        ("/ip4/1.2.3.4/tcp/80/http", "0401020304060050e003"),
        ("/ip4/1.2.3.4/tcp/80/noise", "0401020304060050c603"),
    ];

    public static IEnumerable<TestCaseData> Cases() => All.Select(vector => new TestCaseData(vector.Text, vector.Hex).SetArgDisplayNames(vector.Text));
}
