namespace Relay.Settings;

/// <summary>What the settings of the relay client owe to each other and to the rest. What breaks one works, and is unwise.</summary>
internal static class AutoRelayRules
{
    private const string Section = "Connection:AutoRelay:";

    public static IEnumerable<SettingRule> Rows =>
    [
        new SettingRule(Section + "Enabled", "Connection:Reachability", static settings => settings.Config.Connection switch
        {
            { Reachability: Reachability.Private, AutoRelay.Enabled: false } =>
                "is off, and the node is Private: nobody reaches it unless the application reserves on relays itself",
            { Reachability: Reachability.Public, AutoRelay: { Enabled: true, StaticRelays.Count: > 0 } } =>
                "seeks no relays, since the node is Public: StaticRelays are not used",
            _ => null,
        }),
        new SettingRule("Connection:Reachability", "ListenAddresses", static settings =>
            settings.Config is { ListensNowhere: true, Connection.Reachability: Reachability.Public }
                ? "is Public, and ListenAddresses is none: nobody can dial the node"
                : null),
        new SettingRule(Section + "OnlyStaticRelays", Section + "StaticRelays", static settings =>
            settings.Config.Connection is { Reachability: not Reachability.Public, AutoRelay: { Enabled: true, OnlyStaticRelays: true, StaticRelays.Count: 0 } }
                ? "is on, and StaticRelays is empty: there is no relay to seek"
                : null),
        new SettingRule(Section + "MaxRetryBackOff", Section + "RetryBackOff", static settings =>
            settings.Config.Connection.AutoRelay is var relays && relays.MaxRetryBackOff < relays.RetryBackOff
                ? $"is less than RetryBackOff ({DurationText.Format(relays.RetryBackOff)}), which then counts for both"
                : null),
    ];
}
