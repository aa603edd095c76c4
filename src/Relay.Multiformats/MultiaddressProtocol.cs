namespace Relay.Multiformats;

/// <summary>
/// The protocols a <see cref="Multiaddress"/> is made of here, with their multicodec numbers. Any other number is refused.
/// </summary>
public enum MultiaddressProtocol
{
    /// <summary><c>/ip4/ADDRESS</c>: an IPv4 address in dotted decimal.</summary>
    Ip4 = 4,

    /// <summary><c>/tcp/PORT</c></summary>
    Tcp = 6,

    /// <summary><c>/ip6/ADDRESS</c>: an IPv6 address, without brackets or zone.</summary>
    Ip6 = 41,

    /// <summary><c>/ip6zone/ZONE</c>: the zone of the IPv6 address that follows.</summary>
    Ip6Zone = 42,

    /// <summary><c>/dns/NAME</c>: a name that resolves to addresses of either family.</summary>
    Dns = 53,

    /// <summary><c>/dns4/NAME</c>: a name that resolves to IPv4 addresses.</summary>
    Dns4 = 54,

    /// <summary><c>/dns6/NAME</c>: a name that resolves to IPv6 addresses.</summary>
    Dns6 = 55,

    /// <summary><c>/dnsaddr/NAME</c>: a name whose TXT records hold multiaddresses.</summary>
    DnsAddr = 56,

    /// <summary><c>/udp/PORT</c></summary>
    Udp = 273,

    /// <summary><c>/webrtc-direct</c>: browser to server WebRTC without signalling.</summary>
    WebRtcDirect = 280,

    /// <summary><c>/webrtc</c>: browser to browser WebRTC, signalled through a relay.</summary>
    WebRtc = 281,

    /// <summary><c>/p2p-circuit</c>: through the relay whose address stands before it.</summary>
    P2pCircuit = 290,

    /// <summary><c>/p2p/PEERID</c>; <c>/ipfs/PEERID</c> is read as the same.</summary>
    P2p = 421,

    /// <summary><c>/tls</c></summary>
    Tls = 448,

    /// <summary><c>/sni/NAME</c>: the server name to ask TLS for.</summary>
    Sni = 449,

    /// <summary><c>/noise</c></summary>
    Noise = 454,

    /// <summary><c>/quic</c>: QUIC draft 29, out of use.</summary>
    Quic = 460,

    /// <summary><c>/quic-v1</c>: QUIC (RFC 9000).</summary>
    QuicV1 = 461,

    /// <summary><c>/webtransport</c></summary>
    WebTransport = 465,

    /// <summary><c>/certhash/HASH</c>: the multihash of a certificate to accept, in a multibase.</summary>
    CertHash = 466,

    /// <summary><c>/ws</c>: WebSocket.</summary>
    Ws = 477,

    /// <summary><c>/wss</c>: an older spelling of <c>/tls/ws</c>.</summary>
    Wss = 478,

    /// <summary><c>/http</c></summary>
    Http = 480,
}
