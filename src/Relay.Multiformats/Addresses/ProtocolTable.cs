using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Relay.Multiformats.Addresses;

/// <summary>The protocols we know. See https://github.com/multiformats/multiaddr/blob/master/protocols.csv.</summary>
internal static class ProtocolTable
{
    public static readonly ProtocolRow P2p = new(MultiaddressProtocol.P2p, "p2p", PeerIdFormat.Instance);

    private static readonly ProtocolRow[] Rows =
    [
        new(MultiaddressProtocol.Ip4, "ip4", IpFormat.V4),
        new(MultiaddressProtocol.Tcp, "tcp", PortFormat.Instance),
        new(MultiaddressProtocol.Ip6, "ip6", IpFormat.V6),
        new(MultiaddressProtocol.Ip6Zone, "ip6zone", NameFormat.Instance),
        new(MultiaddressProtocol.Dns, "dns", NameFormat.Instance),
        new(MultiaddressProtocol.Dns4, "dns4", NameFormat.Instance),
        new(MultiaddressProtocol.Dns6, "dns6", NameFormat.Instance),
        new(MultiaddressProtocol.DnsAddr, "dnsaddr", NameFormat.Instance),
        new(MultiaddressProtocol.Udp, "udp", PortFormat.Instance),
        new(MultiaddressProtocol.WebRtcDirect, "webrtc-direct", NoValueFormat.Instance),
        new(MultiaddressProtocol.WebRtc, "webrtc", NoValueFormat.Instance),
        new(MultiaddressProtocol.P2pCircuit, "p2p-circuit", NoValueFormat.Instance),
        P2p,
        new(MultiaddressProtocol.Tls, "tls", NoValueFormat.Instance),
        new(MultiaddressProtocol.Sni, "sni", NameFormat.Instance),
        new(MultiaddressProtocol.Noise, "noise", NoValueFormat.Instance),
        new(MultiaddressProtocol.Quic, "quic", NoValueFormat.Instance),
        new(MultiaddressProtocol.QuicV1, "quic-v1", NoValueFormat.Instance),
        new(MultiaddressProtocol.WebTransport, "webtransport", NoValueFormat.Instance),
        new(MultiaddressProtocol.CertHash, "certhash", CertHashFormat.Instance),
        new(MultiaddressProtocol.Ws, "ws", NoValueFormat.Instance),
        new(MultiaddressProtocol.Wss, "wss", NoValueFormat.Instance),
        new(MultiaddressProtocol.Http, "http", NoValueFormat.Instance),
    ];

    private static readonly FrozenDictionary<ulong, ProtocolRow> ByCode = Rows.ToFrozenDictionary(row => (ulong)row.Protocol);

    // "ipfs" is how "p2p" was once spelled: read, never written.
    private static readonly FrozenDictionary<string, ProtocolRow>.AlternateLookup<ReadOnlySpan<char>> ByName =
        Rows.Append(P2p with { Name = "ipfs" })
            .ToFrozenDictionary(row => row.Name)
            .GetAlternateLookup<ReadOnlySpan<char>>();

    public static bool TryGet(ulong code, [NotNullWhen(true)] out ProtocolRow? row) => ByCode.TryGetValue(code, out row);

    public static bool TryGet(ReadOnlySpan<char> name, [NotNullWhen(true)] out ProtocolRow? row) => ByName.TryGetValue(name, out row);
}
