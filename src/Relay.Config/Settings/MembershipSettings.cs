namespace Relay.Settings;

/// <summary>The settings of who counts as a member, and of the bootstrap window.</summary>
internal static class MembershipSettings
{
    private const int Million = 1_000_000;

    private static readonly TimeSpan LongestAnnouncement = TimeSpan.FromMinutes(3);

    public static IEnumerable<Setting> Rows => [.. Ages, .. Window];

    private static IEnumerable<Setting> Ages =>
    [
        new Setting<TimeSpan>(
            "Connection:RelayService:Membership:ReadTimeout",
            "--relay-service-membership-read-timeout",
            "EDGEVPN_RELAY_MEMBERSHIP_READ_TIMEOUT",
            new DurationKind(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
            settings => Membership(settings).ReadTimeout,
            (settings, value) => Membership(settings).ReadTimeout = value)
        {
            LiveIn = typeof(NetworkOnlyOption),
            Description = "How long one read of the members may take before it counts as failed. Raising it delays the news that a source "
                + "hangs.",
            Reason = "a third of the default refresh, and far more than a local file or a local API needs",
        },
        new Setting<TimeSpan>(
            "Connection:RelayService:Membership:MaxAge",
            "--relay-service-membership-max-age",
            "EDGEVPN_RELAY_MEMBERSHIP_MAX_AGE",
            new DurationKind(TimeSpan.FromSeconds(1), TimeSpan.FromDays(30)),
            settings => Membership(settings).MaxAge,
            (settings, value) => Membership(settings).MaxAge = value)
        {
            LiveIn = typeof(NetworkOnlyOption),
            WhatIsUnwise = static value => value < LongestAnnouncement ? "is less than the longest interval between two announcements of an EdgeVPN member, 3m" : null,
            Description = "The oldest sighting that makes a peer a member. Below the interval of the announcements the living are kept "
                + "out; far above it, whoever a restored ledger remembers is let in.",
            Reason = "EdgeVPN's own: it counts a node as gone at that age, five missed announcements",
        },
        new Setting<TimeSpan>(
            "Connection:RelayService:Membership:Grace",
            "--relay-service-membership-grace",
            "EDGEVPN_RELAY_MEMBERSHIP_GRACE",
            new DurationKind(TimeSpan.Zero, TimeSpan.FromHours(24)),
            settings => Membership(settings).Grace,
            (settings, value) => Membership(settings).Grace = value)
        {
            LiveIn = typeof(NetworkOnlyOption),
            Description = "How much older than that the last sighting of a member may become. A dead member stays for the sum of the two; "
                + "a revoked one does not.",
            Reason = "two of EdgeVPN's longest announcement intervals, so that who is there is judged more leniently than who comes",
        },
        new Setting<TimeSpan>(
            "Connection:RelayService:Membership:MaxClockSkew",
            "--relay-service-membership-max-clock-skew",
            "EDGEVPN_RELAY_MEMBERSHIP_MAX_CLOCK_SKEW",
            new DurationKind(TimeSpan.Zero, TimeSpan.FromHours(1)),
            settings => Membership(settings).MaxClockSkew,
            (settings, value) => Membership(settings).MaxClockSkew = value)
        {
            LiveIn = typeof(NetworkOnlyOption),
            Description = "How far in the future a sighting may lie, as clocks differ; one further ahead does not count. Raising it lets "
                + "stamps from the future make members for that much longer.",
            Reason = "clocks that are set now and then differ by seconds, those that are not by minutes",
        },
        new Setting<int>(
            "Connection:RelayService:Membership:MaxShrinkPercent",
            "--relay-service-membership-max-shrink-percent",
            "EDGEVPN_RELAY_MEMBERSHIP_MAX_SHRINK_PERCENT",
            new CountKind(1, 100, "percent"),
            settings => Membership(settings).MaxShrinkPercent,
            (settings, value) => Membership(settings).MaxShrinkPercent = value)
        {
            LiveIn = typeof(NetworkOnlyOption),
            Description = "The part of the members, in percent, that may leave by age at once. When more would, they are kept and that is "
                + "reported, because the source has more likely lost its network; they leave when it lasts. 100 turns this off.",
            Reason = "the majority stays",
        },
    ];

    private static IEnumerable<Setting> Window =>
    [
        new Setting<int>(
            "Connection:RelayService:Membership:MinimumMembers",
            "--relay-service-minimum-members",
            "EDGEVPN_RELAY_MINIMUM_MEMBERS",
            new CountKind(0, Million, "members"),
            settings => Membership(settings).MinimumMembers,
            (settings, value) => Membership(settings).MinimumMembers = value)
        {
            LiveIn = typeof(NetworkOnlyOption),
            Description = "Members other than the node itself that must have been seen before the bootstrap window closes. With 0 the "
                + "node's own heartbeat closes it, as in EdgeVPN, and locks out whoever was not seen by then.",
            Reason = "a node that announces itself sees itself first, which says nothing about its network",
        },
        new Setting<TimeSpan?>(
            "Connection:RelayService:Membership:BootstrapTimeout",
            "--relay-service-bootstrap-timeout",
            "EDGEVPN_RELAY_BOOTSTRAP_TIMEOUT",
            new UnlimitedKind<TimeSpan>(new DurationKind(TimeSpan.FromSeconds(1), TimeSpan.FromDays(30))),
            settings => Membership(settings).BootstrapTimeout,
            (settings, value) => Membership(settings).BootstrapTimeout = value)
        {
            LiveIn = typeof(NetworkOnlyOption),
            Description = "How long after the start the bootstrap window may stay open, in which everyone may reserve. When the time is "
                + "up, only who has been seen is a member, be it nobody.",
            Reason = "EdgeVPN's: a relay that starts before its network must be reachable by it, however late it comes",
        },
        new Setting<TimeSpan?>(
            "Connection:RelayService:Membership:BootstrapReservationTtl",
            "--relay-service-bootstrap-reservation-ttl",
            "EDGEVPN_RELAY_BOOTSTRAP_RESERVATION_TTL",
            new UnlimitedKind<TimeSpan>(new DurationKind(TimeSpan.FromMinutes(1), TimeSpan.FromDays(365))),
            settings => Membership(settings).BootstrapReservationTtl,
            (settings, value) => Membership(settings).BootstrapReservationTtl = value)
        {
            LiveIn = typeof(NetworkOnlyOption),
            Description = "The longest reservation granted while the bootstrap window is open. Unlimited means as long as any other, as in "
                + "EdgeVPN.",
            Reason = "strangers from the window are gone that soon after it, and clients that renew some minutes early still do",
        },
    ];

    private static MembershipConfig Membership(HostSettings settings) => settings.Config.Connection.RelayService.Membership;
}
