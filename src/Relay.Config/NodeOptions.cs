using Relay.Multiformats;

namespace Relay;

/// <summary>Makes the options of a node from a <see cref="Config"/> that is known to be valid, in the documented order.</summary>
internal static class NodeOptions
{
    public static IEnumerable<NodeOption> From(Config config)
    {
        ConnectionConfig connection = config.Connection;
        RelayServiceConfig relay = connection.RelayService;

        yield return new IdentityOption { KeyFile = config.PrivateKeyFile };

        IEnumerable<string> listen = config.ListenAddresses.Count > 0 ? config.ListenAddresses : [Config.DefaultListenAddress];
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
            MaxCircuitBandwidth = relay.MaxCircuitBandwidth,
            MaxTotalBandwidth = relay.MaxTotalBandwidth,
            CircuitIdleTimeout = relay.CircuitIdleTimeout,
            MemoryBudget = relay.MemoryBudget,
            OnMembershipLoss = relay.OnMembershipLoss,
            MembershipLossDrain = relay.MembershipLossDrain,
        };

        if (relay.NetworkOnly)
            yield return new NetworkOnlyOption { Refresh = relay.NetworkOnlyRefresh, Connect = relay.ConnectPolicy };
    }

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
