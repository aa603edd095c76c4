namespace Relay.Tests;

/// <summary>
/// What EdgeVPN's command line has for its relay service and its relay client, and what it makes of values: version v0.35.4 (97f8fed), <c>cmd/util.go</c> and
/// <c>pkg/config/config.go</c>, on urfave/cli v2, which reads booleans with <c>strconv.ParseBool</c> and numbers with <c>strconv.ParseInt(s, 0, 64)</c>.
/// </summary>
internal static class EdgeVpnParity
{
    /// <summary>Where we differ on purpose; also a part of docs/configuration.md.</summary>
    public static readonly (string Value, string EdgeVpn, string Here)[] Exceptions =
    [
        ("`0`, or a negative number, size or duration", "the default, which may be the wider value", "an error"),
        ("a duration that cannot be read: `30`, `1 hour`", "the default", "an error"),
        ("an empty variable", "as if it were not set", "an error"),
        ("numbers in base 16, 8 or 2 (`0x10`, `0o17`, `010`), or with underscores", "read", "an error"),
        ("a flag with one value given twice", "the last one", "an error"),
        ("values beyond a range on this page", "taken as they are", "an error"),
        ("`unlimited`", "cannot be said", "lifts `MaxData` or `MaxDuration`"),
        ("`NetworkOnly` in code", "off, as Go's zero value", "on"),
        ("`EDGEVPNMAXCONNS` (`MaxConnections`)", "0 by default, which bounds nothing; more than it are trimmed later", "1024 by default; one more is refused, and 0 is an error"),
        ("`AutoRelay:DiscoveryInterval`", "5m, which it does not pass on to go-libp2p", "go-libp2p's 30s"),
    ];

    private const string DiscoveryInterval = "30s"; // see the exceptions
    private const string Relay = "/ip4/192.0.2.1/tcp/4001/p2p/12D3KooWA4Xop1JaT3MHxwYMkCepYsv4iPVopMXwCz5iHYdBfeSB";
    private const string OtherRelay = "/dns4/relay.example/tcp/4001/p2p/12D3KooWBa1Wxh2yhT4t7jmArcTFmvBfKvE3Tp9b6BurGyYM1X5H";

    private static readonly string[] True = ["1", "t", "T", "true", "TRUE", "True"];
    private static readonly string[] False = ["0", "f", "F", "false", "FALSE", "False"];

    private static readonly (string, string)[] Booleans = [.. True.Select(text => (text, "true")), .. False.Select(text => (text, "false"))];

    private static readonly (string, string)[] Durations =
    [
        ("45m", "45m"), ("1h30m", "1h30m"), ("1h30m0s", "1h30m"), ("90s", "1m30s"), ("1.5h", "1h30m"), (".5h", "30m"), ("1.h", "1h"), ("+45m", "45m"),
        ("2000ms", "2s"), ("2000000us", "2s"), ("2000000\u00b5s", "2s"), ("2000000\u03bcs", "2s"), ("2000000000ns", "2s"), ("1h1h", "2h"),
    ];

    private static readonly string[] NoDurations = ["0", "0s", "-5m", "30", "1 hour", "1d", "", "m", "1h 30m", "unlimited?"];
    private static readonly string[] NoNumbers = ["0", "-1", "", "many", "1.5", "0x10", "0o17", "010", "0b11", "1_000", "9223372036854775808"];
    private static readonly string[] NoBooleans = ["", "yes", "no", "on", "off", "tRUE", "2"];

    /// <summary>
    /// Each flag with its variable, its default on EdgeVPN's command line in our words, the setting behind it, values that both take with what they mean
    /// (as the flag says it), and values that we refuse.
    /// </summary>
    public static readonly (string Flag, string Variable, string Default, string Path, (string Text, string Meaning)[] Taken, string[] Refused)[] Flags =
    [
        ("--relay-service", "EDGEVPN_RELAY_SERVICE", "true", "Connection:RelayService:Disabled", Booleans, NoBooleans),
        ("--relay-service-network-only", "EDGEVPN_RELAY_SERVICE_NETWORK_ONLY", "true", "Connection:RelayService:NetworkOnly", Booleans, NoBooleans),
        ("--relay-service-acl-refresh", "EDGEVPN_RELAY_SERVICE_ACL_REFRESH", "30s", "Connection:RelayService:NetworkOnlyRefresh", Durations, NoDurations),
        ("--relay-service-max-data", "EDGEVPN_RELAY_MAX_DATA", "1GiB", "Connection:RelayService:MaxData",
            [("1", "1"), ("65536", "64KiB"), ("1073741824", "1GiB"), ("9223372036854775807", "9223372036854775807"), ("+5", "5")], NoNumbers),
        ("--relay-service-max-duration", "EDGEVPN_RELAY_MAX_DURATION", "30m", "Connection:RelayService:MaxDuration", Durations, NoDurations),
        ("--relay-service-max-circuits", "EDGEVPN_RELAY_MAX_CIRCUITS", "64", "Connection:RelayService:MaxCircuits",
            [("1", "1"), ("128", "128"), ("+5", "5")], NoNumbers),
        ("--relay-service-reservation-ttl", "EDGEVPN_RELAY_RESERVATION_TTL", "1h", "Connection:RelayService:ReservationTtl", Durations, NoDurations),
        ("--relay-service-buffer-size", "EDGEVPN_RELAY_BUFFER_SIZE", "64KiB", "Connection:RelayService:BufferSize",
            [("2048", "2KiB"), ("65536", "64KiB"), ("1048576", "1MiB")], NoNumbers),
        ("--autorelay", "EDGEVPNAUTORELAY", "true", "Connection:AutoRelay:Enabled", Booleans, NoBooleans),
        ("--autorelay-static-only", "EDGEVPNAUTORELAYSTATICONLY", "false", "Connection:AutoRelay:OnlyStaticRelays", Booleans, NoBooleans),
        ("--autorelay-static-peer", "EDGEVPNAUTORELAYPEERS", "", "Connection:AutoRelay:StaticRelays",
            [(Relay, Relay), ($"{Relay},{OtherRelay}", $"{Relay},{OtherRelay}")], ["", "/ip4/127.0.0.1/tcp/4001"]),
        ("--autorelay-discovery-interval", "EDGEVPNAUTORELAYDISCOVERYINTERVAL", DiscoveryInterval, "Connection:AutoRelay:DiscoveryInterval",
            Durations, NoDurations),
        ("--listen-maddrs", "EDGEVPNLISTENMADDRS", "", "ListenAddresses",
            [("/ip4/127.0.0.1/tcp/4001", "/ip4/127.0.0.1/tcp/4001"), ("/ip4/127.0.0.1/tcp/1,/ip6/::1/tcp/2", "/ip4/127.0.0.1/tcp/1,/ip6/::1/tcp/2")],
            ["", "127.0.0.1:4001"]),
    ];
}
