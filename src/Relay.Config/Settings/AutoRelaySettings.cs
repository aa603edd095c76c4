namespace Relay.Settings;

/// <summary>The settings of the relay client: whether and how the node seeks relays to be reached through.</summary>
internal static class AutoRelaySettings
{
    private static readonly TimeSpan OneDay = TimeSpan.FromDays(1);

    public static IEnumerable<Setting> Rows => [.. WhetherAndWhere, .. HowOften];

    private static IEnumerable<Setting> WhetherAndWhere =>
    [
        new Setting<Reachability>(
            "Connection:Reachability",
            "--reachability",
            "EDGEVPN_REACHABILITY",
            new WordKind<Reachability>(),
            settings => settings.Config.Connection.Reachability,
            (settings, value) => settings.Config.Connection.Reachability = value)
        {
            Description = "Whether other peers can dial the node directly. Private and unknown seek relays when any are known, and private "
                + "warns when none is; public seeks none.",
            Reason = "the node does not find out by itself, and being reachable twice costs little",
        },
        new Setting<bool>(
            "Connection:AutoRelay:Enabled",
            "--autorelay",
            "EDGEVPNAUTORELAY",
            new SwitchKind(),
            settings => Relays(settings).Enabled,
            (settings, value) => Relays(settings).Enabled = value)
        {
            Description = "Whether the node seeks relays to be reached through, when it knows of any and is not public. Independent of "
                + "whether it serves as a relay.",
            Reason = "EdgeVPN's, and without relays to know of nothing runs",
        },
        new Setting<IList<string>>(
            "Connection:AutoRelay:StaticRelays",
            "--autorelay-static-peer",
            "EDGEVPNAUTORELAYPEERS",
            new AddressListKind(AddressRules.RelayForm, AddressRules.WhatKeepsItFromBeingARelay),
            settings => Relays(settings).StaticRelays,
            (settings, value) => Relays(settings).StaticRelays = value)
        {
            Description = "The relays known beforehand. They come before those a candidate source finds; several addresses of one relay "
                + "are one relay.",
            Reason = "nobody else's relay is used without being asked to",
        },
        new Setting<bool>(
            "Connection:AutoRelay:OnlyStaticRelays",
            "--autorelay-static-only",
            "EDGEVPNAUTORELAYSTATICONLY",
            new SwitchKind(),
            settings => Relays(settings).OnlyStaticRelays,
            (settings, value) => Relays(settings).OnlyStaticRelays = value)
        {
            Description = "Whether only the static relays are used and a candidate source is never asked.",
            Reason = "EdgeVPN's; a source that the application gives is there to be used",
        },
        new Setting<int>(
            "Connection:AutoRelay:WantedRelays",
            "--autorelay-wanted",
            "EDGEVPN_AUTORELAY_WANTED",
            new CountKind(1, 16, "relays"),
            settings => Relays(settings).WantedRelays,
            (settings, value) => Relays(settings).WantedRelays = value)
        {
            Description = "On how many relays to hold a reservation at once. Each costs a connection, up to four advertised addresses, and a "
                + "slot on the relay.",
            Reason = "one can fail without a gap",
        },
    ];

    private static IEnumerable<Setting> HowOften =>
    [
        new Setting<TimeSpan>(
            "Connection:AutoRelay:BootDelay",
            "--autorelay-boot-delay",
            "EDGEVPN_AUTORELAY_BOOT_DELAY",
            new DurationKind(TimeSpan.Zero, TimeSpan.FromHours(1)),
            settings => Relays(settings).BootDelay,
            (settings, value) => Relays(settings).BootDelay = value)
        {
            Description = "How long after start the relays of a candidate source wait for better ones, unless there are four for every one "
                + "wanted. Static relays do not wait. Raising it leaves the node unreachable for longer.",
            Reason = "an application's own source answers within seconds",
        },
        new Setting<TimeSpan>(
            "Connection:AutoRelay:RetryBackOff",
            "--autorelay-retry-backoff",
            "EDGEVPN_AUTORELAY_RETRY_BACKOFF",
            new DurationKind(TimeSpan.FromMilliseconds(100), OneDay),
            settings => Relays(settings).RetryBackOff,
            (settings, value) => Relays(settings).RetryBackOff = value)
        {
            Description = "How long a relay that has refused is left alone. Doubles with every refusal in a row, once only where the relay does not admit "
                + "the node, and is varied by a fifth.",
            Reason = "who has just become a member is reachable within twelve seconds; go-libp2p waits an hour",
        },
        new Setting<TimeSpan>(
            "Connection:AutoRelay:MaxRetryBackOff",
            "--autorelay-max-retry-backoff",
            "EDGEVPN_AUTORELAY_MAX_RETRY_BACKOFF",
            new DurationKind(TimeSpan.FromMilliseconds(100), OneDay),
            settings => Relays(settings).MaxRetryBackOff,
            (settings, value) => Relays(settings).MaxRetryBackOff = value)
        {
            Description = "The longest that a relay is left alone. Lowering it costs relays requests in vain.",
            Reason = "a relay that came back, or has room again, goes unnoticed for no longer",
        },
        new Setting<TimeSpan>(
            "Connection:AutoRelay:DiscoveryInterval",
            "--autorelay-discovery-interval",
            "EDGEVPNAUTORELAYDISCOVERYINTERVAL",
            new DurationKind(TimeSpan.FromSeconds(1), OneDay),
            settings => Relays(settings).DiscoveryInterval,
            (settings, value) => Relays(settings).DiscoveryInterval = value)
        {
            Description = "How often the candidate source is asked while reservations are missing and nobody else is left to ask.",
            Reason = "go-libp2p's; EdgeVPN has 5m here and does not pass it on",
        },
    ];

    private static AutoRelayConfig Relays(HostSettings settings) => settings.Config.Connection.AutoRelay;
}
