namespace Relay.Settings;

/// <summary>What the settings of the relay service owe to each other and to the rest.</summary>
internal static class RelayServiceRules
{
    public static IEnumerable<SettingRule> Rows => [.. Contradictions, .. Concerns];

    private static readonly ConnectionConfig Default = new();

    // A disabled service contradicts nothing: its limits are not used. Neither does a cap left at its default: the total holds.
    private static IEnumerable<SettingRule> Contradictions =>
    [
        Must("MaxCircuits", "at most MaxTotalCircuits", static relay =>
            Above(relay.MaxCircuits, Default.RelayService.MaxCircuits, "MaxTotalCircuits", relay.MaxTotalCircuits)),
        Must("MaxReservationsPerIp", "at most MaxReservations", static relay =>
            Above(relay.MaxReservationsPerIp, Default.RelayService.MaxReservationsPerIp, "MaxReservations", relay.MaxReservations)),
        SettingRule.Must("Connection:MaxConnectionsPerIp", "at most MaxConnections", static settings => Above(
            settings.Config.Connection.MaxConnectionsPerIp,
            Default.MaxConnectionsPerIp,
            "MaxConnections",
            settings.Config.Connection.MaxConnections)),
    ];

    private static IEnumerable<SettingRule> Concerns =>
    [
        Should("MaxDuration", static relay => relay.MaxDuration is { } duration && duration > relay.ReservationTtl
            ? $"is longer than a reservation holds (ReservationTtl, {DurationText.Format(relay.ReservationTtl)}): a destination that does not renew "
                + "stays in circuits it can no longer be found by"
            : null),
    ];

    private static SettingRule Must(string name, string accepted, Func<RelayServiceConfig, string?> whatIsWrong) =>
        SettingRule.Must(PathOf(name), accepted, WhenEnabled(whatIsWrong));

    private static SettingRule Should(string name, Func<RelayServiceConfig, string?> whatIsUnwise) =>
        SettingRule.Should(PathOf(name), WhenEnabled(whatIsUnwise));

    private static Func<HostSettings, string?> WhenEnabled(Func<RelayServiceConfig, string?> check) => settings =>
        settings.Config.Connection.RelayService is { Disabled: false } relay ? check(relay) : null;

    private static string PathOf(string name) => "Connection:RelayService:" + name;

    private static string? Above(int value, int defaultValue, string totalName, int total) =>
        value > total && value != defaultValue ? $"is more than {totalName} ({total})" : null;
}
