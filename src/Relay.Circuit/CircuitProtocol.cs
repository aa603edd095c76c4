namespace Relay.Circuit;

/// <summary>The wire constants of circuit relay v2, on one page.</summary>
public static class CircuitProtocol
{
    /// <summary>The protocol a client speaks to a relay: RESERVE and CONNECT.</summary>
    public const string Hop = "/libp2p/circuit/relay/0.2.0/hop";

    /// <summary>The protocol a relay speaks to a destination.</summary>
    public const string Stop = "/libp2p/circuit/relay/0.2.0/stop";

    /// <summary>The longest HOP or STOP message in bytes, its length prefix not counted. The specification names no bound; go, rust and nim use this one.</summary>
    public const int MaxMessageLength = 4096;

    /// <summary>The signed-envelope domain of reservation vouchers.</summary>
    public const string VoucherDomain = "libp2p-relay-rsvp";

    /// <summary>
    /// The signed-envelope payload type of reservation vouchers: multicodec 0x0302 as two plain bytes, the way go, js and nim write it (not as the
    /// varint <c>82 06</c>).
    /// </summary>
    public static ReadOnlySpan<byte> VoucherPayloadType => [0x03, 0x02];
}
