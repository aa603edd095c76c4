namespace Relay.Settings;

/// <summary>What the settings of the relay service owe to each other and to the rest.</summary>
internal static class RelayServiceRules
{
    private const string Section = "Connection:RelayService:";

    private static readonly ConnectionConfig Default = new();

    public static IEnumerable<SettingRule> Rows =>
    [
        // A cap left at its default contradicts nothing: the total holds.
        Cap(
            "MaxCircuits",
            "MaxTotalCircuits",
            static relay => Above(relay.MaxCircuits, Default.RelayService.MaxCircuits, "MaxTotalCircuits", relay.MaxTotalCircuits)),
        Cap(
            "MaxReservationsPerIp",
            "MaxReservations",
            static relay => Above(relay.MaxReservationsPerIp, Default.RelayService.MaxReservationsPerIp, "MaxReservations", relay.MaxReservations)),
        new SettingRule("Connection:MaxConnectionsPerIp", "Connection:MaxConnections", static settings =>
            settings.Config.Connection is { } connection
                ? Above(connection.MaxConnectionsPerIp, Default.MaxConnectionsPerIp, "MaxConnections", connection.MaxConnections)
                : null)
        {
            Accepted = "at most MaxConnections",
        },
        new SettingRule(Section + "MemoryBudget", Section + "MaxTotalCircuits", static settings =>
            settings.Config.Connection is { RelayService: { Disabled: false, MemoryBudget: { } budget } } connection
                && RelayBudget.WorstCase(connection) is var worst && worst.Total > budget
                    ? $"is less than the node can take, {worst}"
                    : null)
        {
            Accepted = "at least that; or lower MaxTotalCircuits, BufferSize, MaxConnections or MaxStreamsPerConnection",
        },
        new SettingRule("ListenAddresses", Section + "Disabled", static settings =>
            settings.Config is { ListensNowhere: true, Connection.RelayService.Disabled: false }
                ? "listens nowhere, and the relay service is on: only peers that the node dials itself can use it"
                : null),
        new SettingRule("MembersApiPeer", "MembersApi", static settings =>
            settings is { MembersApiPeer: not null, MembersApi: null } ? "is the node of no API: MembersApi is not set" : null),
        new SettingRule(Section + "MaxDuration", Section + "ReservationTtl", WhenEnabled(static relay =>
            relay.MaxDuration > relay.ReservationTtl
                ? $"is longer than a reservation holds (ReservationTtl, {DurationText.Format(relay.ReservationTtl)}): a circuit can outlive the "
                    + "reservation of its destination"
                : null)),
    ];

    private static SettingRule Cap(string name, string total, Func<RelayServiceConfig, string?> whatIsWrong) =>
        new(Section + name, Section + total, WhenEnabled(whatIsWrong)) { Accepted = "at most " + total };

    /// <summary>Does not apply the check to a service that is disabled: its limits are not used.</summary>
    public static Func<HostSettings, string?> WhenEnabled(Func<RelayServiceConfig, string?> check) => settings =>
        settings.Config.Connection.RelayService is { Disabled: false } relay ? check(relay) : null;

    private static string? Above(int value, int defaultValue, string totalName, int total) =>
        value > total && value != defaultValue ? $"is more than {totalName} ({total})" : null;
}
