using Relay.Circuit;

namespace Relay;

/// <summary>
/// The node serves as a relay, within these limits. Absent when the service is disabled. Documented at <see cref="RelayServiceConfig"/>.
/// </summary>
public sealed record RelayServiceOption : NodeOption
{
    internal RelayServiceOption()
    {
    }

    /// <summary>Bytes per direction of one circuit; null is unlimited.</summary>
    public long? MaxData { get; internal init; }

    /// <summary>Lifetime of one circuit; null is unlimited.</summary>
    public TimeSpan? MaxDuration { get; internal init; }

    /// <summary>Circuits of one peer, as source and as destination together.</summary>
    public int MaxCircuits { get; internal init; }

    /// <summary>Circuits in total.</summary>
    public int MaxTotalCircuits { get; internal init; }

    /// <summary>Lifetime of a reservation that is not renewed.</summary>
    public TimeSpan ReservationTtl { get; internal init; }

    /// <summary>Bytes of the copy buffer, one per direction of a circuit.</summary>
    public int BufferSize { get; internal init; }

    /// <summary>Reservations in total.</summary>
    public int MaxReservations { get; internal init; }

    /// <summary>Reservations of one IP address.</summary>
    public int MaxReservationsPerIp { get; internal init; }

    /// <summary>Reservations of one IPv4 network; null is unlimited.</summary>
    public int? MaxReservationsPerIpv4Prefix { get; internal init; }

    /// <summary>The prefix length of such a network.</summary>
    public int Ipv4PrefixLength { get; internal init; }

    /// <summary>Reservations of one IPv6 network; null is unlimited.</summary>
    public int? MaxReservationsPerIpv6Prefix { get; internal init; }

    /// <summary>The prefix length of such a network.</summary>
    public int Ipv6PrefixLength { get; internal init; }

    /// <summary>Networks that caps and rates per address or network do not count.</summary>
    public IpNetworkList ExemptNetworks { get; internal init; } = IpNetworkList.Empty;

    /// <summary>Circuits that lead to one peer; null is unlimited.</summary>
    public int? MaxCircuitsPerDestination { get; internal init; }

    /// <summary>HOP requests under way on one connection.</summary>
    public int MaxHopStreamsPerConnection { get; internal init; }

    /// <summary>New reservations of one peer; null is unlimited.</summary>
    public Rate? ReservationRatePerPeer { get; internal init; }

    /// <summary>New reservations from one address; null is unlimited.</summary>
    public Rate? ReservationRatePerIp { get; internal init; }

    /// <summary>Circuits opened by one peer; null is unlimited.</summary>
    public Rate? CircuitRatePerPeer { get; internal init; }

    /// <summary>Circuits opened from one address; null is unlimited.</summary>
    public Rate? CircuitRatePerIp { get; internal init; }

    /// <summary>What becomes of what a peer holds when it is no longer admitted.</summary>
    public MembershipLoss OnMembershipLoss { get; internal init; }

    /// <summary>How long its circuits run on when they are to end.</summary>
    public TimeSpan MembershipLossDrain { get; internal init; }

    /// <summary>Bytes per second of one circuit in each direction; null is unlimited.</summary>
    public long? MaxCircuitBandwidth { get; internal init; }

    /// <summary>Bytes per second of all circuits together; null is unlimited.</summary>
    public long? MaxTotalBandwidth { get; internal init; }

    /// <summary>How long a circuit may be silent; null is unlimited.</summary>
    public TimeSpan? CircuitIdleTimeout { get; internal init; }

    /// <summary>Bytes that the node may take at worst; null is no budget.</summary>
    public long? MemoryBudget { get; internal init; }

    /// <summary>The same limits as the relay engine takes them, for <see cref="CircuitRelay.Options"/>.</summary>
    public CircuitRelayOptions ToCircuitOptions() => new()
    {
        MaxData = MaxData,
        MaxDuration = MaxDuration,
        MaxCircuits = MaxCircuits,
        MaxTotalCircuits = MaxTotalCircuits,
        ReservationTtl = ReservationTtl,
        BufferSize = BufferSize,
        MaxReservations = MaxReservations,
        MaxReservationsPerIp = MaxReservationsPerIp,
        MaxReservationsPerIpv4Prefix = MaxReservationsPerIpv4Prefix,
        Ipv4PrefixLength = Ipv4PrefixLength,
        MaxReservationsPerIpv6Prefix = MaxReservationsPerIpv6Prefix,
        Ipv6PrefixLength = Ipv6PrefixLength,
        ExemptNetworks = ExemptNetworks,
        MaxCircuitsPerDestination = MaxCircuitsPerDestination,
        MaxHopStreamsPerConnection = MaxHopStreamsPerConnection,
        ReservationRatePerPeer = ReservationRatePerPeer,
        ReservationRatePerIp = ReservationRatePerIp,
        CircuitRatePerPeer = CircuitRatePerPeer,
        CircuitRatePerIp = CircuitRatePerIp,
        MaxCircuitBandwidth = MaxCircuitBandwidth,
        MaxTotalBandwidth = MaxTotalBandwidth,
        CircuitIdleTimeout = CircuitIdleTimeout,
        MemoryBudget = MemoryBudget,
        OnMembershipLoss = OnMembershipLoss,
        MembershipLossDrain = MembershipLossDrain,
    };

    internal override bool IsLive(string name) => true;

    internal override IEnumerable<(string Name, string Value)> Describe() =>
    [
        ("MaxData", Text(MaxData)),
        ("MaxDuration", Text(MaxDuration)),
        ("MaxCircuits", $"{MaxCircuits}"),
        ("MaxTotalCircuits", $"{MaxTotalCircuits}"),
        ("ReservationTtl", Text(ReservationTtl)),
        ("BufferSize", Text(BufferSize)),
        ("MaxReservations", $"{MaxReservations}"),
        ("MaxReservationsPerIp", $"{MaxReservationsPerIp}"),
        ("MaxReservationsPerIpv4Prefix", Count(MaxReservationsPerIpv4Prefix)),
        ("Ipv4PrefixLength", $"{Ipv4PrefixLength}"),
        ("MaxReservationsPerIpv6Prefix", Count(MaxReservationsPerIpv6Prefix)),
        ("Ipv6PrefixLength", $"{Ipv6PrefixLength}"),
        ("ExemptNetworks", ExemptNetworks.Count == 0 ? "none" : $"[{ExemptNetworks}]"),
        ("MaxCircuitsPerDestination", Count(MaxCircuitsPerDestination)),
        ("MaxHopStreamsPerConnection", $"{MaxHopStreamsPerConnection}"),
        ("ReservationRatePerPeer", Text(ReservationRatePerPeer)),
        ("ReservationRatePerIp", Text(ReservationRatePerIp)),
        ("CircuitRatePerPeer", Text(CircuitRatePerPeer)),
        ("CircuitRatePerIp", Text(CircuitRatePerIp)),
        ("OnMembershipLoss", $"{OnMembershipLoss}"),
        ("MembershipLossDrain", Text(MembershipLossDrain)),
        ("MaxCircuitBandwidth", Text(MaxCircuitBandwidth)),
        ("MaxTotalBandwidth", Text(MaxTotalBandwidth)),
        ("CircuitIdleTimeout", CircuitIdleTimeout is { } idle ? Text(idle) : Text(size: null)),
        ("MemoryBudget", Text(MemoryBudget)),
    ];
}
