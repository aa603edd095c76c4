namespace Relay.Settings;

/// <summary>What the settings of the relay client owe to each other and to the rest.</summary>
internal static class AutoRelayRules
{
    public static IEnumerable<SettingRule> Rows =>
    [
        SettingRule.Should("Connection:AutoRelay:Enabled", static settings => settings.Config.Connection switch
        {
            { Reachability: Reachability.Private, AutoRelay.Enabled: false } =>
                "is off, and the node is Private: nobody reaches it unless the application reserves on relays itself",
            { Reachability: Reachability.Public, AutoRelay: { Enabled: true, StaticRelays.Count: > 0 } } =>
                "seeks no relays, since the node is Public: StaticRelays are not used",
            _ => null,
        }),
        SettingRule.Should("Connection:AutoRelay:OnlyStaticRelays", static settings =>
            settings.Config.Connection is { Reachability: not Reachability.Public, AutoRelay: { Enabled: true, OnlyStaticRelays: true, StaticRelays.Count: 0 } }
                ? "is on, and StaticRelays is empty: there is no relay to seek"
                : null),
        SettingRule.Should("Connection:AutoRelay:MaxRetryBackOff", static settings =>
            settings.Config.Connection.AutoRelay is var relays && relays.MaxRetryBackOff < relays.RetryBackOff
                ? $"is less than RetryBackOff ({DurationText.Format(relays.RetryBackOff)}), which then counts for both"
                : null),
    ];
}
