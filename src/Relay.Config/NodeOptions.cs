using Relay.Multiformats;
using Relay.Settings;

namespace Relay;

/// <summary>Makes the options of a node from a <see cref="Config"/> that is known to be valid, in the documented order.</summary>
internal static class NodeOptions
{
    public static IEnumerable<NodeOption> From(Config config)
    {
        ConnectionConfig connection = config.Connection;
        RelayServiceConfig relay = connection.RelayService;

        yield return new IdentityOption { KeyFile = config.PrivateKeyFile };

        IEnumerable<string> listen = config.ListensNowhere ? []
            : config.ListenAddresses.Count > 0 ? config.ListenAddresses
            : [Config.DefaultListenAddress];
        yield return new ListenAddressesOption { Addresses = [.. listen.Select(Multiaddress.Parse)] };

        if (config.AnnounceAddresses.Count > 0)
            yield return new AnnounceAddressesOption { Addresses = [.. config.AnnounceAddresses.Select(Multiaddress.Parse)] };

        yield return new ConnectionLimitsOption
        {
            MaxConnections = connection.MaxConnections,
            MaxConnectionsPerIp = connection.MaxConnectionsPerIp,
            MaxPendingHandshakes = connection.MaxPendingHandshakes,
            MaxStreamsPerConnection = connection.MaxStreamsPerConnection,
            HandshakeTimeout = connection.HandshakeTimeout,
        };

        yield return new RelayClientOption();

        if (connection.AutoRelay.Enabled && connection.Reachability != Reachability.Public)
            yield return ToOption(connection.AutoRelay, connection.Reachability);

        if (relay.Disabled)
            yield break;

        yield return new RelayServiceOption
        {
            MaxData = relay.MaxData,
            MaxDuration = relay.MaxDuration,
            MaxCircuits = relay.MaxCircuits,
            MaxTotalCircuits = relay.MaxTotalCircuits,
            ReservationTtl = relay.ReservationTtl,
            BufferSize = relay.BufferSize,
            MaxReservations = relay.MaxReservations,
            MaxReservationsPerIp = relay.MaxReservationsPerIp,
            MaxReservationsPerIpv4Prefix = relay.MaxReservationsPerIpv4Prefix,
            Ipv4PrefixLength = relay.Ipv4PrefixLength,
            MaxReservationsPerIpv6Prefix = relay.MaxReservationsPerIpv6Prefix,
            Ipv6PrefixLength = relay.Ipv6PrefixLength,
            ExemptNetworks = [.. relay.ExemptNetworks.Select(NetworkListKind.Parse)],
            MaxCircuitsPerDestination = relay.MaxCircuitsPerDestination,
            MaxHopStreamsPerConnection = relay.MaxHopStreamsPerConnection,
            ReservationRatePerPeer = relay.ReservationRatePerPeer,
            ReservationRatePerIp = relay.ReservationRatePerIp,
            CircuitRatePerPeer = relay.CircuitRatePerPeer,
            CircuitRatePerIp = relay.CircuitRatePerIp,
            MaxCircuitBandwidth = relay.MaxCircuitBandwidth,
            MaxTotalBandwidth = relay.MaxTotalBandwidth,
            CircuitIdleTimeout = relay.CircuitIdleTimeout,
            MemoryBudget = relay.MemoryBudget,
            OnMembershipLoss = relay.OnMembershipLoss,
            MembershipLossDrain = relay.MembershipLossDrain,
        };

        if (relay.NetworkOnly)
            yield return ToOption(relay, relay.Membership);
    }

    private static NetworkOnlyOption ToOption(RelayServiceConfig relay, MembershipConfig membership) => new()
    {
        Refresh = relay.NetworkOnlyRefresh,
        Connect = relay.ConnectPolicy,
        ReadTimeout = membership.ReadTimeout,
        MaxAge = membership.MaxAge,
        Grace = membership.Grace,
        MaxClockSkew = membership.MaxClockSkew,
        MaxShrinkPercent = membership.MaxShrinkPercent,
        MinimumMembers = membership.MinimumMembers,
        BootstrapTimeout = membership.BootstrapTimeout,
        BootstrapReservationTtl = membership.BootstrapReservationTtl,
    };

    private static AutoRelayOption ToOption(AutoRelayConfig relays, Reachability reachability) => new()
    {
        Reachability = reachability,
        StaticRelays = [.. relays.StaticRelays.Select(Multiaddress.Parse)],
        OnlyStaticRelays = relays.OnlyStaticRelays,
        WantedRelays = relays.WantedRelays,
        BootDelay = relays.BootDelay,
        RetryBackOff = relays.RetryBackOff,
        MaxRetryBackOff = relays.MaxRetryBackOff,
        DiscoveryInterval = relays.DiscoveryInterval,
    };
}
