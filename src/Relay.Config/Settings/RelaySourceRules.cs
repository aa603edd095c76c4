namespace Relay.Settings;

/// <summary>What works and is unwise among the bounds per peer, address, network and connection.</summary>
internal static class RelaySourceRules
{
    private const string Section = "Connection:RelayService:";

    public static IEnumerable<SettingRule> Rows =>
    [
        new SettingRule(Section + "ReservationRatePerIp", Section + "MaxReservationsPerIp", RelayServiceRules.WhenEnabled(static relay =>
            relay.ReservationRatePerIp?.Count < relay.MaxReservationsPerIp
                ? $"counts less than MaxReservationsPerIp ({relay.MaxReservationsPerIp}): after a restart of the relay, peers behind one address are "
                    + "refused, and go-libp2p stays away for an hour when it is"
                : null)),
        new SettingRule(Section + "MaxReservationsPerIpv6Prefix", Section + "MaxReservationsPerIp", RelayServiceRules.WhenEnabled(static relay =>
            relay.MaxReservationsPerIpv6Prefix < relay.MaxReservationsPerIp
                ? $"is less than MaxReservationsPerIp ({relay.MaxReservationsPerIp}), which an IPv6 address therefore never reaches"
                : null)),
        new SettingRule(Section + "MaxHopStreamsPerConnection", Section + "MaxCircuits", RelayServiceRules.WhenEnabled(static relay =>
            relay.MaxHopStreamsPerConnection <= relay.MaxCircuits
                ? $"is not more than MaxCircuits ({relay.MaxCircuits}): a peer that opens all its circuits at once is refused, or cannot renew meanwhile"
                : null)),
    ];
}
