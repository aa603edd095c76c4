namespace Relay.Settings;

/// <summary>What the settings of the relay service owe to each other and to the rest.</summary>
internal static class RelayServiceRules
{
    private const string Section = "Connection:RelayService:";

    private static readonly ConnectionConfig Default = new();

    public static IEnumerable<SettingRule> Rows =>
    [
        Cap(
            Section + "MaxCircuits",
            Section + "MaxTotalCircuits",
            static connection => connection.RelayService.Disabled ? (0, 0) : (connection.RelayService.MaxCircuits, connection.RelayService.MaxTotalCircuits)),
        Cap(
            Section + "MaxReservationsPerIp",
            Section + "MaxReservations",
            static connection => connection.RelayService.Disabled ? (0, 0) : (connection.RelayService.MaxReservationsPerIp, connection.RelayService.MaxReservations)),
        Cap(
            "Connection:MaxConnectionsPerIp",
            "Connection:MaxConnections",
            static connection => (connection.MaxConnectionsPerIp, connection.MaxConnections)),
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

    // A cap left at its default contradicts nothing: the total holds.
    private static SettingRule Cap(string path, string totalPath, Func<ConnectionConfig, (int Cap, int Total)> valuesOf)
    {
        string name = totalPath[(totalPath.LastIndexOf(':') + 1)..];
        return new SettingRule(path, totalPath, settings =>
            valuesOf(settings.Config.Connection) is var (cap, total) && cap > total && IsSet(settings, path, cap, valuesOf(Default).Cap)
                ? $"is more than {name} ({total})"
                : null)
        {
            Accepted = "at most " + name,
        };
    }

    /// <summary>Whether somebody has set the value, be it to its default in a section; in code that cannot be told.</summary>
    public static bool IsSet<T>(HostSettings settings, string path, T value, T defaultValue) =>
        !EqualityComparer<T>.Default.Equals(value, defaultValue) || settings.Written.Contains(path);

    /// <summary>Does not apply the check to a service that is disabled: its limits are not used.</summary>
    public static Func<HostSettings, string?> WhenEnabled(Func<RelayServiceConfig, string?> check) => settings =>
        settings.Config.Connection.RelayService is { Disabled: false } relay ? check(relay) : null;
}
