namespace Relay.Settings;

/// <summary>The settings of who counts as a member, and of the bootstrap window.</summary>
internal static class MembershipSettings
{
    private const int Million = 1_000_000;

    public static IEnumerable<Setting> Rows => [.. Ages, .. Window];

    private static IEnumerable<Setting> Ages =>
    [
        Duration(
            "ReadTimeout",
            "--relay-service-membership-read-timeout",
            "EDGEVPN_RELAY_MEMBERSHIP_READ_TIMEOUT",
            TimeSpan.FromSeconds(1),
            TimeSpan.FromMinutes(10),
            membership => membership.ReadTimeout,
            (membership, value) => membership.ReadTimeout = value,
            "How long one read of the members may take; far more than a local file or a local API needs. Raising it delays the news that a "
                + "source hangs."),
        Duration(
            "MaxAge",
            "--relay-service-membership-max-age",
            "EDGEVPN_RELAY_MEMBERSHIP_MAX_AGE",
            TimeSpan.FromSeconds(1),
            TimeSpan.FromDays(30),
            membership => membership.MaxAge,
            (membership, value) => membership.MaxAge = value,
            "The oldest sighting that makes a peer a member; the age at which EdgeVPN counts a node as gone, five missed announcements. Below "
                + "the announcements' interval the living are kept out; above, whoever a restored ledger remembers is let in."),
        Duration(
            "Grace",
            "--relay-service-membership-grace",
            "EDGEVPN_RELAY_MEMBERSHIP_GRACE",
            TimeSpan.Zero,
            TimeSpan.FromHours(24),
            membership => membership.Grace,
            (membership, value) => membership.Grace = value,
            "How much older than that the last sighting of a member may become; two of EdgeVPN's longest announcement intervals, so that nobody "
                + "is refused a renewal for a missed announcement. A dead member stays for the sum of the two; a revoked one does not."),
        Duration(
            "MaxClockSkew",
            "--relay-service-membership-max-clock-skew",
            "EDGEVPN_RELAY_MEMBERSHIP_MAX_CLOCK_SKEW",
            TimeSpan.Zero,
            TimeSpan.FromHours(1),
            membership => membership.MaxClockSkew,
            (membership, value) => membership.MaxClockSkew = value,
            "How far in the future a sighting may lie, as clocks differ; one further ahead does not count."),
        Count(
            "MaxShrinkPercent",
            "--relay-service-membership-max-shrink-percent",
            "EDGEVPN_RELAY_MEMBERSHIP_MAX_SHRINK_PERCENT",
            1,
            100,
            membership => membership.MaxShrinkPercent,
            (membership, value) => membership.MaxShrinkPercent = value,
            "The part of the members that may leave by age at once. When more would, they are kept and that is reported, because the source has "
                + "more likely lost its network; they leave when it lasts. 100 turns this off."),
    ];

    private static IEnumerable<Setting> Window =>
    [
        Count(
            "MinimumMembers",
            "--relay-service-membership-minimum-members",
            "EDGEVPN_RELAY_MEMBERSHIP_MINIMUM_MEMBERS",
            0,
            Million,
            membership => membership.MinimumMembers,
            (membership, value) => membership.MinimumMembers = value,
            "Members other than the node itself that must have been seen before the bootstrap window closes. With 0 the node's own heartbeat "
                + "closes it, as in EdgeVPN, and locks out whoever was not seen by then."),
        Limit(
            "BootstrapTimeout",
            "--relay-service-membership-bootstrap-timeout",
            "EDGEVPN_RELAY_MEMBERSHIP_BOOTSTRAP_TIMEOUT",
            TimeSpan.FromSeconds(1),
            TimeSpan.FromDays(30),
            membership => membership.BootstrapTimeout,
            (membership, value) => membership.BootstrapTimeout = value,
            "How long after the start the bootstrap window may stay open, in which everyone may reserve. Unlimited as in EdgeVPN, so that a relay "
                + "that starts before its network can be reached by it. When the time is up, only who has been seen is a member."),
        Limit(
            "BootstrapReservationTtl",
            "--relay-service-membership-bootstrap-reservation-ttl",
            "EDGEVPN_RELAY_MEMBERSHIP_BOOTSTRAP_RESERVATION_TTL",
            TimeSpan.FromMinutes(1),
            TimeSpan.FromDays(365),
            membership => membership.BootstrapReservationTtl,
            (membership, value) => membership.BootstrapReservationTtl = value,
            "The longest reservation granted while the bootstrap window is open, so that strangers from it are gone soon after. Unlimited means "
                + "as long as any other, as in EdgeVPN."),
    ];

    private static Setting<TimeSpan> Duration(
        string name, string flag, string variable, TimeSpan least, TimeSpan largest, Func<MembershipConfig, TimeSpan> get, Action<MembershipConfig, TimeSpan> set, string description) =>
        Row(name, flag, variable, new DurationKind(least, largest), get, set, description);

    private static Setting<TimeSpan?> Limit(
        string name, string flag, string variable, TimeSpan least, TimeSpan largest, Func<MembershipConfig, TimeSpan?> get, Action<MembershipConfig, TimeSpan?> set, string description) =>
        Row(name, flag, variable, new UnlimitedKind<TimeSpan>(new DurationKind(least, largest)), get, set, description);

    private static Setting<int> Count(
        string name, string flag, string variable, int least, int largest, Func<MembershipConfig, int> get, Action<MembershipConfig, int> set, string description) =>
        Row(name, flag, variable, new CountKind(least, largest), get, set, description);

    private static Setting<T> Row<T>(
        string name, string flag, string variable, SettingKind<T> kind, Func<MembershipConfig, T> get, Action<MembershipConfig, T> set, string description) =>
        new(
            $"Connection:RelayService:Membership:{name}",
            flag,
            variable,
            kind,
            settings => get(settings.Config.Connection.RelayService.Membership),
            (settings, value) => set(settings.Config.Connection.RelayService.Membership, value))
        {
            Description = description,
        };
}
