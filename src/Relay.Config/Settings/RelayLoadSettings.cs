namespace Relay.Settings;

/// <summary>The settings that bound how much load the relay takes: traffic, silence, memory, and the time it takes to stop.</summary>
internal static class RelayLoadSettings
{
    private static readonly SizeKind Bandwidth = new(1 << 10, 1L << 40);
    private static readonly TimeSpan CommonKeepAlive = TimeSpan.FromSeconds(30);

    public static IEnumerable<Setting> Rows =>
    [
        new Setting<long?>(
            "Connection:RelayService:MaxCircuitBandwidth",
            "--relay-service-max-circuit-bandwidth",
            "EDGEVPN_RELAY_MAX_CIRCUIT_BANDWIDTH",
            new UnlimitedKind<long>(Bandwidth),
            settings => Relay(settings).MaxCircuitBandwidth,
            (settings, value) => Relay(settings).MaxCircuitBandwidth = value)
        {
            LiveIn = typeof(RelayServiceOption),
            Description = "Bytes per second that one circuit carries in each direction; a faster sender is held back, nothing is lost. "
                + "A new value holds for circuits that are opened from then on.",
            Reason = "as everybody's: MaxData and MaxDuration bound what a circuit takes",
        },
        new Setting<long?>(
            "Connection:RelayService:MaxTotalBandwidth",
            "--relay-service-max-total-bandwidth",
            "EDGEVPN_RELAY_MAX_TOTAL_BANDWIDTH",
            new UnlimitedKind<long>(Bandwidth),
            settings => Relay(settings).MaxTotalBandwidth,
            (settings, value) => Relay(settings).MaxTotalBandwidth = value)
        {
            LiveIn = typeof(RelayServiceOption),
            Description = "Bytes per second that all circuits carry together, both directions counted; when they want more, each gets "
                + "the same share. Each byte comes in and goes out: half of what the link carries is the most to set.",
            Reason = "the node does not know its link",
        },
        new Setting<TimeSpan?>(
            "Connection:RelayService:CircuitIdleTimeout",
            "--relay-service-circuit-idle-timeout",
            "EDGEVPN_RELAY_CIRCUIT_IDLE_TIMEOUT",
            new UnlimitedKind<TimeSpan>(new DurationKind(TimeSpan.FromSeconds(1), TimeSpan.FromDays(365))),
            settings => Relay(settings).CircuitIdleTimeout,
            (settings, value) => Relay(settings).CircuitIdleTimeout = value)
        {
            LiveIn = typeof(RelayServiceOption),
            WhatIsUnwise = static value => value <= CommonKeepAlive
                ? "is not more than the 30 seconds between the keep-alives that are common inside circuits: it cuts circuits that are in use, and those "
                    + "whose receiver takes less than half a window (128 KiB) in that time"
                : null,
            Description = "How long a circuit may go without a byte in either direction before it is reset; one whose receiver does not "
                + "read counts as silent, one that waits for its turn within a bandwidth does not, nor does one whose receiver takes "
                + "half a window, 128 KiB, in that time.",
            Reason = "as everybody's: applications keep connections open without a word, and MaxDuration ends them",
        },
        new Setting<long?>(
            "Connection:RelayService:MemoryBudget",
            "--relay-service-memory-budget",
            "EDGEVPN_RELAY_MEMORY_BUDGET",
            new UnlimitedKind<long>(new SizeKind(1 << 20, long.MaxValue)),
            settings => Relay(settings).MemoryBudget,
            (settings, value) => Relay(settings).MemoryBudget = value)
        {
            LiveIn = typeof(RelayServiceOption),
            Description = "The memory that the node may take at worst. A configuration that could take more is refused, with what each "
                + "part takes. As it fills up, the relay turns away circuits of peers without a reservation at 80 %, all new circuits at "
                + "90 %, new reservations at 95 %; never renewals.",
            Reason = "the caps bound what can be taken, and the log says at every start how much that is",
        },
        new Setting<TimeSpan>(
            "DrainTimeout",
            "--drain-timeout",
            "EDGEVPN_RELAY_DRAIN_TIMEOUT",
            new DurationKind(TimeSpan.Zero, TimeSpan.FromHours(24)),
            settings => settings.DrainTimeout,
            (settings, value) => settings.DrainTimeout = value)
        {
            LiveIn = typeof(HostSettings),
            Description = "How long open circuits may go on after SIGTERM or SIGINT, while nothing new is taken; what has not finished is "
                + "reset. A second signal ends the wait. Keep the service manager's patience, and the shutdown timeout of a host that is the "
                + "application's (30 s by default), a few seconds above it.",
            Reason = "what is in the middle of a short exchange finishes, and the process still ends within two seconds",
        },
    ];

    private static RelayServiceConfig Relay(HostSettings settings) => settings.Config.Connection.RelayService;
}
