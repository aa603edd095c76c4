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
        MaxCircuitsPerPeer = MaxCircuits,
        MaxCircuits = MaxTotalCircuits,
        ReservationTtl = ReservationTtl,
        BufferSize = BufferSize,
        MaxReservations = MaxReservations,
        MaxReservationsPerIp = MaxReservationsPerIp,
        MaxCircuitBandwidth = MaxCircuitBandwidth,
        MaxTotalBandwidth = MaxTotalBandwidth,
        CircuitIdleTimeout = CircuitIdleTimeout,
        MemoryBudget = MemoryBudget,
        OnMembershipLoss = OnMembershipLoss,
        MembershipLossDrain = MembershipLossDrain,
    };

    internal override IEnumerable<(string Name, string Value)> Describe() =>
    [
        ("MaxData", Text(MaxData)),
        ("MaxDuration", MaxDuration is { } duration ? Text(duration) : Text(size: null)),
        ("MaxCircuits", $"{MaxCircuits}"),
        ("MaxTotalCircuits", $"{MaxTotalCircuits}"),
        ("ReservationTtl", Text(ReservationTtl)),
        ("BufferSize", Text(BufferSize)),
        ("MaxReservations", $"{MaxReservations}"),
        ("MaxReservationsPerIp", $"{MaxReservationsPerIp}"),
        ("OnMembershipLoss", $"{OnMembershipLoss}"),
        ("MembershipLossDrain", Text(MembershipLossDrain)),
        ("MaxCircuitBandwidth", Text(MaxCircuitBandwidth)),
        ("MaxTotalBandwidth", Text(MaxTotalBandwidth)),
        ("CircuitIdleTimeout", CircuitIdleTimeout is { } idle ? Text(idle) : Text(size: null)),
        ("MemoryBudget", Text(MemoryBudget)),
    ];
}
