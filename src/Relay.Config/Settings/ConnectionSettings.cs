namespace Relay.Settings;

/// <summary>The settings that bound connections and streams.</summary>
internal static class ConnectionSettings
{
    private const int Million = 1_000_000;

    public static IEnumerable<Setting> Rows =>
    [
        new Setting<int>(
            "Connection:MaxConnections",
            "--max-connections",
            "EDGEVPNMAXCONNS",
            new CountKind(1, Million, "connections"),
            settings => settings.Config.Connection.MaxConnections,
            (settings, value) => settings.Config.Connection.MaxConnections = value)
        {
            Description = "Secured connections in total, inbound and outbound; one more takes the place of the inbound one that has been idle for longest, "
                + "and for 20 s at least (no reservation, no circuit, no stream), or is closed. Each costs a socket (a file descriptor) and its buffers.",
            Reason = "eight for each of the 128 reservations, so that sources find room beside the reserved peers",
        },
        new Setting<int>(
            "Connection:MaxConnectionsPerIp",
            "--max-connections-per-ip",
            "EDGEVPN_MAX_CONNECTIONS_PER_IP",
            new CountKind(1, Million, "connections"),
            settings => settings.Config.Connection.MaxConnectionsPerIp,
            (settings, value) => settings.Config.Connection.MaxConnectionsPerIp = value)
        {
            Description = "Inbound connections of one IPv4 address, or one IPv6 network of 64 bits, loopback exempt. Raising it lets one address "
                + "take a larger share.",
            Reason = "an office or a host full of containers behind one address, but never the whole node",
        },
        new Setting<int>(
            "Connection:MaxPendingHandshakes",
            "--max-pending-handshakes",
            "EDGEVPN_MAX_PENDING_HANDSHAKES",
            new CountKind(1, 65_536, "connections"),
            settings => settings.Config.Connection.MaxPendingHandshakes,
            (settings, value) => settings.Config.Connection.MaxPendingHandshakes = value)
        {
            Description = "Inbound connections that may be in the middle of their handshake at once; for one more, the oldest of them is closed. "
                + "Each costs a socket and a few KiB until the handshake times out.",
            Reason = "a handshake takes about a millisecond of CPU, so that 128 unfinished ones are a burst that clears at once, or "
                + "peers that stall",
        },
        new Setting<int>(
            "Connection:MaxStreamsPerConnection",
            "--max-streams-per-connection",
            "EDGEVPN_MAX_STREAMS_PER_CONNECTION",
            new CountKind(8, 65_536, "streams"),
            settings => settings.Config.Connection.MaxStreamsPerConnection,
            (settings, value) => settings.Config.Connection.MaxStreamsPerConnection = value)
        {
            Description = "Streams of one connection in each direction; each circuit of a peer is one of them. Each stream may promise "
                + "its peer a 256 KiB receive window.",
            Reason = "as many as there are circuits in total, so that circuits are refused by their own limits, with a status, first",
        },
        new Setting<TimeSpan>(
            "Connection:HandshakeTimeout",
            "--handshake-timeout",
            "EDGEVPN_HANDSHAKE_TIMEOUT",
            new DurationKind(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10)),
            settings => settings.Config.Connection.HandshakeTimeout,
            (settings, value) => settings.Config.Connection.HandshakeTimeout = value)
        {
            Description = "The time for each step of a handshake, a round trip or two. Raising it lets stalling peers hold their "
                + "places longer.",
            Reason = "go-libp2p's; enough even on a bad satellite link",
        },
    ];
}
