using Relay.Circuit;

namespace Relay.Settings;

/// <summary>What works and is unwise in saying whom the relay carries: settings without the one that they need.</summary>
internal static class RelayPolicyRules
{
    private const string Section = "Connection:RelayService:";

    private static readonly RelayServiceConfig Default = new();

    public static IEnumerable<SettingRule> Rows =>
    [
        new SettingRule(Section + "ConnectPolicy", Section + "NetworkOnly", RelayServiceRules.WhenEnabled(static relay =>
            relay is { NetworkOnly: false, ConnectPolicy: ConnectPolicy.MembersOnly }
                ? "does nothing, since NetworkOnly is false: everyone may open circuits"
                : null)),
        new SettingRule(Section + "MembershipLossDrain", Section + "OnMembershipLoss", static settings =>
            settings.Config.Connection.RelayService is { Disabled: false, OnMembershipLoss: not MembershipLoss.Drain } relay
                && RelayServiceRules.IsSet(settings, Section + "MembershipLossDrain", relay.MembershipLossDrain, Default.MembershipLossDrain)
                ? "does nothing, since OnMembershipLoss is not drain"
                : null),
        new SettingRule(Section + "Ipv4PrefixLength", Section + "MaxReservationsPerIpv4Prefix", static settings =>
            settings.Config.Connection.RelayService is { Disabled: false, MaxReservationsPerIpv4Prefix: null } relay
                && RelayServiceRules.IsSet(settings, Section + "Ipv4PrefixLength", relay.Ipv4PrefixLength, Default.Ipv4PrefixLength)
                ? "does nothing, since MaxReservationsPerIpv4Prefix is unlimited"
                : null),
        new SettingRule("Connection:MaxStreamsPerConnection", Section + "MaxCircuits", static settings =>
            settings.Config.Connection is { RelayService: { Disabled: false } relay } connection && connection.MaxStreamsPerConnection < relay.MaxCircuits
                ? $"is less than MaxCircuits ({relay.MaxCircuits}), which a peer with one connection therefore never reaches"
                : null),
    ];
}
