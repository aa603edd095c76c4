namespace Relay.Settings;

/// <summary>What works and is unwise in saying whom the relay carries: settings without the one that they need.</summary>
internal static class RelayPolicyRules
{
    private const string Section = "Connection:RelayService:";

    public static IEnumerable<SettingRule> Rows =>
    [
        new SettingRule(Section + "ConnectPolicy", Section + "NetworkOnly", RelayServiceRules.WhenEnabled(static relay =>
            relay is { NetworkOnly: false, ConnectPolicy: ConnectPolicy.MembersOnly }
                ? "does nothing, since NetworkOnly is false: everyone may open circuits"
                : null)),
    ];
}
