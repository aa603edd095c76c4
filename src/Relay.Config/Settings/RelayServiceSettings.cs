namespace Relay.Settings;

/// <summary>The settings of the relay service, named as EdgeVPN names them where it has them.</summary>
internal static class RelayServiceSettings
{
    private const int Million = 1_000_000;
    private const long LeastHandshakeData = 16 << 10;

    private static readonly TimeSpan LeastHandshakeTime = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LeastRenewableTtl = TimeSpan.FromMinutes(1);

    public static IEnumerable<Setting> Rows => [.. WhoIsServed, .. CircuitLimits, .. ReservationLimits];

    private static IEnumerable<Setting> WhoIsServed =>
    [
        new Setting<bool>(
            "Connection:RelayService:Disabled",
            "--relay-service",
            "EDGEVPN_RELAY_SERVICE",
            new SwitchKind(),
            settings => !Relay(settings).Disabled,
            (settings, value) => Relay(settings).Disabled = !value)
        {
            IsNegated = true,
            Description = "Whether the node serves as a relay for others. Without the service it can still reserve on other relays.",
            Reason = "EdgeVPN's command line's: to serve is what a relay host is for",
        },
        new Setting<bool>(
            "Connection:RelayService:NetworkOnly",
            "--relay-service-network-only",
            "EDGEVPN_RELAY_SERVICE_NETWORK_ONLY",
            new SwitchKind(),
            settings => Relay(settings).NetworkOnly,
            (settings, value) => Relay(settings).NetworkOnly = value)
        {
            Description = "Whether only members of the network may reserve; who may connect through the relay to a member is for ConnectPolicy "
                + "to say. With false, anyone who reaches the node can reserve.",
            Reason = "EdgeVPN's command line's: a relay open to the world should be a decision",
        },
        new Setting<TimeSpan>(
            "Connection:RelayService:NetworkOnlyRefresh",
            "--relay-service-acl-refresh",
            "EDGEVPN_RELAY_SERVICE_ACL_REFRESH",
            new DurationKind(TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(24)),
            settings => Relay(settings).NetworkOnlyRefresh,
            (settings, value) => Relay(settings).NetworkOnlyRefresh = value)
        {
            LiveIn = typeof(NetworkOnlyOption),
            Description = "How often the members are read again. Lowering it costs reads; raising it delays joins and revocations.",
            Reason = "EdgeVPN's: well below the two minutes between the heartbeats of its members",
        },
    ];

    private static IEnumerable<Setting> CircuitLimits =>
    [
        new Setting<long?>(
            "Connection:RelayService:MaxData",
            "--relay-service-max-data",
            "EDGEVPN_RELAY_MAX_DATA",
            new UnlimitedKind<long>(new SizeKind(1, long.MaxValue)),
            settings => Relay(settings).MaxData,
            (settings, value) => Relay(settings).MaxData = value)
        {
            LiveIn = typeof(RelayServiceOption),
            WhatIsUnwise = static value => value < LeastHandshakeData
                ? "is less than a hole punching (DCUtR) handshake through the circuit may need, 16KiB"
                : null,
            Description = "Bytes per direction that one circuit may carry; one more resets it. Raising it costs traffic, not memory.",
            Reason = "EdgeVPN's: enough for a large model file",
        },
        new Setting<TimeSpan?>(
            "Connection:RelayService:MaxDuration",
            "--relay-service-max-duration",
            "EDGEVPN_RELAY_MAX_DURATION",
            new UnlimitedKind<TimeSpan>(new DurationKind(TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(365))),
            settings => Relay(settings).MaxDuration,
            (settings, value) => Relay(settings).MaxDuration = value)
        {
            LiveIn = typeof(RelayServiceOption),
            WhatIsUnwise = static value => value < LeastHandshakeTime
                ? "is less than a hole punching (DCUtR) handshake through the circuit may need, 20s"
                : null,
            Description = "How long one circuit may last before it is reset. Raising it keeps circuits and their buffers longer.",
            Reason = "EdgeVPN's: time for a long transfer",
        },
        new Setting<int>(
            "Connection:RelayService:MaxCircuits",
            "--relay-service-max-circuits",
            "EDGEVPN_RELAY_MAX_CIRCUITS",
            new CountKind(1, 65_536, "circuits"),
            settings => Relay(settings).MaxCircuits,
            (settings, value) => Relay(settings).MaxCircuits = value)
        {
            Description = "Circuits that one peer may take part in at once, as source and as destination together. Each costs up to two "
                + "buffers and the receive windows of two streams.",
            LiveIn = typeof(RelayServiceOption),
            Reason = "EdgeVPN's: every node of a small cluster can reach one peer several times",
        },
        new Setting<int>(
            "Connection:RelayService:MaxTotalCircuits",
            "--relay-service-max-total-circuits",
            "EDGEVPN_RELAY_MAX_TOTAL_CIRCUITS",
            new CountKind(1, Million, "circuits"),
            settings => Relay(settings).MaxTotalCircuits,
            (settings, value) => Relay(settings).MaxTotalCircuits = value)
        {
            LiveIn = typeof(RelayServiceOption),
            Description = "Circuits over all peers at once. Raising it costs memory in proportion.",
            Reason = "bounds the buffers at 128 MiB with the default buffer size; 128 reservations of 64 circuits each would be 1 GiB",
        },
        new Setting<long>(
            "Connection:RelayService:BufferSize",
            "--relay-service-buffer-size",
            "EDGEVPN_RELAY_BUFFER_SIZE",
            new SizeKind(1 << 10, 16 << 20),
            settings => Relay(settings).BufferSize,
            (settings, value) => Relay(settings).BufferSize = (int)value)
        {
            Description = "Bytes of the buffer that each direction of a circuit is copied through; each open circuit holds up to two. "
                + "Larger ones pass large transfers in fewer pieces.",
            LiveIn = typeof(RelayServiceOption),
            Reason = "EdgeVPN's: more than twice the throughput of libp2p's 2 KiB",
        },
    ];

    private static IEnumerable<Setting> ReservationLimits =>
    [
        new Setting<TimeSpan>(
            "Connection:RelayService:ReservationTtl",
            "--relay-service-reservation-ttl",
            "EDGEVPN_RELAY_RESERVATION_TTL",
            new DurationKind(TimeSpan.FromSeconds(1), TimeSpan.FromDays(365)),
            settings => Relay(settings).ReservationTtl,
            (settings, value) => Relay(settings).ReservationTtl = value)
        {
            LiveIn = typeof(RelayServiceOption),
            WhatIsUnwise = static value => value < LeastRenewableTtl ? "is too short for clients that renew late, as js-libp2p: at least 1m" : null,
            Description = "How long a reservation holds before its peer must have renewed it. Lower ones cost renewals, and below a "
                + "minute some clients renew too late; higher ones keep slots that are no longer used.",
            Reason = "EdgeVPN's and libp2p's",
        },
        new Setting<int>(
            "Connection:RelayService:MaxReservations",
            "--relay-service-max-reservations",
            "EDGEVPN_RELAY_MAX_RESERVATIONS",
            new CountKind(1, Million, "reservations"),
            settings => Relay(settings).MaxReservations,
            (settings, value) => Relay(settings).MaxReservations = value)
        {
            LiveIn = typeof(RelayServiceOption),
            Description = "Peers that may hold a reservation at once, each one. An idle reservation costs its connection, which it keeps "
                + "open.",
            Reason = "libp2p's, which EdgeVPN does not change",
        },
        new Setting<int>(
            "Connection:RelayService:MaxReservationsPerIp",
            "--relay-service-max-reservations-per-ip",
            "EDGEVPN_RELAY_MAX_RESERVATIONS_PER_IP",
            new CountKind(1, Million, "reservations"),
            settings => Relay(settings).MaxReservationsPerIp,
            (settings, value) => Relay(settings).MaxReservationsPerIp = value)
        {
            LiveIn = typeof(RelayServiceOption),
            Description = "Reservations of one IP address. Raise it when many members share one address; that address can then take more "
                + "of the total.",
            Reason = "libp2p's: a household or a small office",
        },
    ];

    private static RelayServiceConfig Relay(HostSettings settings) => settings.Config.Connection.RelayService;
}
