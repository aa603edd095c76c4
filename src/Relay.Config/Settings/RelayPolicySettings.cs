using Relay.Circuit;

namespace Relay.Settings;

/// <summary>The settings that say whom the relay carries, and what becomes of those it no longer admits.</summary>
internal static class RelayPolicySettings
{
    public static IEnumerable<Setting> Rows =>
    [
        new Setting<ConnectPolicy>(
            "Connection:RelayService:ConnectPolicy",
            "--relay-service-connect-policy",
            "EDGEVPN_RELAY_CONNECT_POLICY",
            new WordKind<ConnectPolicy>(),
            settings => Relay(settings).ConnectPolicy,
            (settings, value) => Relay(settings).ConnectPolicy = value)
        {
            LiveIn = typeof(NetworkOnlyOption),
            Description = "Who may open circuits through a relay for members only: anyone, to a member that holds a reservation, or members "
                + "only. Members only keeps strangers from spending the relay's traffic; a peer new to the network then cannot reach it "
                + "through this relay.",
            Reason = "EdgeVPN's: whoever is reached is a member that has asked to be",
        },
        new Setting<MembershipLoss>(
            "Connection:RelayService:OnMembershipLoss",
            "--relay-service-on-membership-loss",
            "EDGEVPN_RELAY_ON_MEMBERSHIP_LOSS",
            new WordKind<MembershipLoss>(),
            settings => Relay(settings).OnMembershipLoss,
            (settings, value) => Relay(settings).OnMembershipLoss = value)
        {
            LiveIn = typeof(RelayServiceOption),
            Description = "What becomes of what a peer holds when it is no longer admitted: keep lets its reservation expire and its circuits "
                + "end by themselves, evict ends the reservation at once, drain resets circuits as well, after MembershipLossDrain.",
            Reason = "EdgeVPN's: a set of members that flickers cuts nobody off",
        },
        new Setting<TimeSpan>(
            "Connection:RelayService:MembershipLossDrain",
            "--relay-service-membership-loss-drain",
            "EDGEVPN_RELAY_MEMBERSHIP_LOSS_DRAIN",
            new DurationKind(TimeSpan.Zero, TimeSpan.FromHours(24)),
            settings => Relay(settings).MembershipLossDrain,
            (settings, value) => Relay(settings).MembershipLossDrain = value)
        {
            LiveIn = typeof(RelayServiceOption),
            Description = "How long the circuits of a peer that is no longer admitted run on before they are reset, with drain. A peer that is "
                + "admitted again by then keeps them.",
            Reason = "two readings of the members: what is being sent gets through, and a member that one reading has missed loses nothing",
        },
    ];

    private static RelayServiceConfig Relay(HostSettings settings) => settings.Config.Connection.RelayService;
}
