using Relay.Circuit;

namespace Relay.Settings;

/// <summary>The settings that bound how much, and how often, comes from one peer, address, network or connection.</summary>
internal static class RelaySourceSettings
{
    private const int Million = 1_000_000;

    public static IEnumerable<Setting> Rows => [.. Networks, .. Streams, .. Rates];

    private static IEnumerable<Setting> Networks =>
    [
        new Setting<int?>(
            "Connection:RelayService:MaxReservationsPerIpv4Prefix",
            "--relay-service-max-reservations-per-ipv4-prefix",
            "EDGEVPN_RELAY_MAX_RESERVATIONS_PER_IPV4_PREFIX",
            new UnlimitedKind<int>(new CountKind(1, Million, "reservations")),
            settings => Relay(settings).MaxReservationsPerIpv4Prefix,
            (settings, value) => Relay(settings).MaxReservationsPerIpv4Prefix = value)
        {
            LiveIn = typeof(RelayServiceOption),
            Description = "Reservations of one IPv4 network, of the length that Ipv4PrefixLength says. Set it where strangers may reserve; "
                + "members of one LAN are neighbours.",
            Reason = "IPv4 addresses are scarce enough to be counted one by one",
        },
        new Setting<int>(
            "Connection:RelayService:Ipv4PrefixLength",
            "--relay-service-ipv4-prefix-length",
            "EDGEVPN_RELAY_IPV4_PREFIX_LENGTH",
            new CountKind(1, 32, "bits"),
            settings => Relay(settings).Ipv4PrefixLength,
            (settings, value) => Relay(settings).Ipv4PrefixLength = value)
        {
            LiveIn = typeof(RelayServiceOption),
            Description = "The prefix length of the IPv4 networks that reservations are counted by. A shorter one makes larger networks.",
            Reason = "the smallest network that is routed on its own",
        },
        new Setting<int?>(
            "Connection:RelayService:MaxReservationsPerIpv6Prefix",
            "--relay-service-max-reservations-per-ipv6-prefix",
            "EDGEVPN_RELAY_MAX_RESERVATIONS_PER_IPV6_PREFIX",
            new UnlimitedKind<int>(new CountKind(1, Million, "reservations")),
            settings => Relay(settings).MaxReservationsPerIpv6Prefix,
            (settings, value) => Relay(settings).MaxReservationsPerIpv6Prefix = value)
        {
            LiveIn = typeof(RelayServiceOption),
            Description = "Reservations of one IPv6 network, of the length that Ipv6PrefixLength says. Raise it, or exempt the network, "
                + "when a cluster has one network. While it is not set it is MaxReservationsPerIp where that is more.",
            Reason = "libp2p's and EdgeVPN's number for an IPv6 network, which to them is an autonomous system: who has one address "
                + "has 2^64, so that counting addresses bounds nothing",
        },
        new Setting<int>(
            "Connection:RelayService:Ipv6PrefixLength",
            "--relay-service-ipv6-prefix-length",
            "EDGEVPN_RELAY_IPV6_PREFIX_LENGTH",
            new CountKind(1, 128, "bits"),
            settings => Relay(settings).Ipv6PrefixLength,
            (settings, value) => Relay(settings).Ipv6PrefixLength = value)
        {
            LiveIn = typeof(RelayServiceOption),
            Description = "The prefix length of the IPv6 networks that reservations, and rates per address, are counted by. A shorter one "
                + "makes larger networks.",
            Reason = "what a home or a small site gets",
        },
        new Setting<IList<string>>(
            "Connection:RelayService:ExemptNetworks",
            "--relay-service-exempt-networks",
            "EDGEVPN_RELAY_EXEMPT_NETWORKS",
            new NetworkListKind(),
            settings => Relay(settings).ExemptNetworks,
            (settings, value) => Relay(settings).ExemptNetworks = value)
        {
            LiveIn = typeof(RelayServiceOption),
            Description = "Networks whose addresses no cap and no rate per address or network counts: a site's NAT, a proxy, a cluster's "
                + "own network. All other limits hold for them.",
            Reason = "every address is counted",
        },
    ];

    private static IEnumerable<Setting> Streams =>
    [
        new Setting<int?>(
            "Connection:RelayService:MaxCircuitsPerDestination",
            "--relay-service-max-circuits-per-destination",
            "EDGEVPN_RELAY_MAX_CIRCUITS_PER_DESTINATION",
            new UnlimitedKind<int>(new CountKind(1, 65_536, "circuits")),
            settings => Relay(settings).MaxCircuitsPerDestination,
            (settings, value) => Relay(settings).MaxCircuitsPerDestination = value)
        {
            LiveIn = typeof(RelayServiceOption),
            Description = "Circuits that lead to one peer at once, whoever opened them. Below MaxCircuits, a peer that is called a lot "
                + "still gets to call.",
            Reason = "MaxCircuits counts them already, together with those the peer opens itself",
        },
        new Setting<int>(
            "Connection:RelayService:MaxHopStreamsPerConnection",
            "--relay-service-max-hop-streams-per-connection",
            "EDGEVPN_RELAY_MAX_HOP_STREAMS_PER_CONNECTION",
            new CountKind(1, 131_072, "streams"),
            settings => Relay(settings).MaxHopStreamsPerConnection,
            (settings, value) => Relay(settings).MaxHopStreamsPerConnection = value)
        {
            LiveIn = typeof(RelayServiceOption),
            Description = "HOP requests under way on one connection: being read or decided, until a circuit is open. One more is "
                + "refused unread. While it is not set it is 16 more than MaxCircuits.",
            Reason = "a peer that opens all its circuits at once, and renews meanwhile",
        },
    ];

    private static IEnumerable<Setting> Rates =>
    [
        new Setting<Rate?>(
            "Connection:RelayService:ReservationRatePerPeer",
            "--relay-service-reservation-rate-per-peer",
            "EDGEVPN_RELAY_RESERVATION_RATE_PER_PEER",
            new UnlimitedKind<Rate>(new RateKind()),
            settings => Relay(settings).ReservationRatePerPeer,
            (settings, value) => Relay(settings).ReservationRatePerPeer = value)
        {
            LiveIn = typeof(RelayServiceOption),
            Description = "New reservations of one peer, in any stretch of so much time. Renewals are not counted. 60/1m "
                + "gives a peer whose connection fails every second its reservation back each time.",
            Reason = "EdgeVPN's and go-libp2p's: a peer holds one reservation however often it comes, so a rate bounds work, not memory",
        },
        new Setting<Rate?>(
            "Connection:RelayService:ReservationRatePerIp",
            "--relay-service-reservation-rate-per-ip",
            "EDGEVPN_RELAY_RESERVATION_RATE_PER_IP",
            new UnlimitedKind<Rate>(new RateKind()),
            settings => Relay(settings).ReservationRatePerIp,
            (settings, value) => Relay(settings).ReservationRatePerIp = value)
        {
            LiveIn = typeof(RelayServiceOption),
            Description = "New reservations from one IPv4 address, or one IPv6 network, in any stretch of so much time. Renewals are not "
                + "counted. Keep the count above MaxReservationsPerIp: after a restart everybody behind an address comes at once.",
            Reason = "EdgeVPN's and go-libp2p's: the nodes of a cluster may all stand behind one NAT",
        },
        new Setting<Rate?>(
            "Connection:RelayService:CircuitRatePerPeer",
            "--relay-service-circuit-rate-per-peer",
            "EDGEVPN_RELAY_CIRCUIT_RATE_PER_PEER",
            new UnlimitedKind<Rate>(new RateKind()),
            settings => Relay(settings).CircuitRatePerPeer,
            (settings, value) => Relay(settings).CircuitRatePerPeer = value)
        {
            LiveIn = typeof(RelayServiceOption),
            Description = "Circuits opened by one peer, in any stretch of so much time. 600/1m lets a peer open all its 64 circuits anew "
                + "every six seconds.",
            Reason = "EdgeVPN's and go-libp2p's: MaxCircuits bounds what a peer holds",
        },
        new Setting<Rate?>(
            "Connection:RelayService:CircuitRatePerIp",
            "--relay-service-circuit-rate-per-ip",
            "EDGEVPN_RELAY_CIRCUIT_RATE_PER_IP",
            new UnlimitedKind<Rate>(new RateKind()),
            settings => Relay(settings).CircuitRatePerIp,
            (settings, value) => Relay(settings).CircuitRatePerIp = value)
        {
            LiveIn = typeof(RelayServiceOption),
            Description = "Circuits opened from one IPv4 address, or one IPv6 network, in any stretch of so much time.",
            Reason = "EdgeVPN's and go-libp2p's: the sources of a cluster may all stand behind one NAT",
        },
    ];

    private static RelayServiceConfig Relay(HostSettings settings) => settings.Config.Connection.RelayService;
}
