using Relay.Multiformats;

namespace Relay.Circuit;

/// <summary>The rates of <see cref="Admission"/>: how often each peer, and each address, has reserved and connected of late. Not thread-safe.</summary>
internal sealed class AdmissionRates
{
    private readonly long _frequency;
    private RateTable<PeerId>? _reservationsPerPeer; // null: unlimited
    private RateTable<IpGroup>? _reservationsPerIp;
    private RateTable<PeerId>? _circuitsPerPeer;
    private RateTable<IpGroup>? _circuitsPerIp;

    public AdmissionRates(CircuitRelayOptions options, long timestampFrequency)
    {
        _frequency = timestampFrequency;
        Use(options);
    }

    public long Visits => (_reservationsPerPeer?.Visits ?? 0) + (_reservationsPerIp?.Visits ?? 0) + (_circuitsPerPeer?.Visits ?? 0) + (_circuitsPerIp?.Visits ?? 0);

    /// <summary>What the tables hold, in bytes.</summary>
    public long Memory => RelayMemory.PerRateEntry
        * ((_reservationsPerPeer?.Remembered ?? 0) + (_reservationsPerIp?.Remembered ?? 0) + (_circuitsPerPeer?.Remembered ?? 0) + (_circuitsPerIp?.Remembered ?? 0L));

    /// <summary>Takes over the rates of <paramref name="options"/>; those that have not changed go on counting.</summary>
    public void Use(CircuitRelayOptions options)
    {
        Change(ref _reservationsPerPeer, options.ReservationRatePerPeer);
        Change(ref _reservationsPerIp, options.ReservationRatePerIp);
        Change(ref _circuitsPerPeer, options.CircuitRatePerPeer);
        Change(ref _circuitsPerIp, options.CircuitRatePerIp);
    }

    /// <summary>Why a new reservation comes too soon; null when it does not. Takes nothing.</summary>
    public Decision? RefusalOfReservation(PeerId peer, IpGroup? ip, long now)
        => Refusal(_reservationsPerPeer, peer, now, Status.ReservationRefused, ReasonCode.ReservationRatePerPeerExceeded, nameof(CircuitRelayOptions.ReservationRatePerPeer))
            ?? (ip is { } group
                ? Refusal(_reservationsPerIp, group, now, Status.ReservationRefused, ReasonCode.ReservationRatePerIpExceeded, nameof(CircuitRelayOptions.ReservationRatePerIp))
                : null);

    /// <summary>Why a circuit comes too soon; null when it does not. Takes nothing.</summary>
    public Decision? RefusalOfCircuit(PeerId source, IpGroup? ip, long now)
        => Refusal(_circuitsPerPeer, source, now, Status.ResourceLimitExceeded, ReasonCode.CircuitRatePerPeerExceeded, nameof(CircuitRelayOptions.CircuitRatePerPeer))
            ?? (ip is { } group
                ? Refusal(_circuitsPerIp, group, now, Status.ResourceLimitExceeded, ReasonCode.CircuitRatePerIpExceeded, nameof(CircuitRelayOptions.CircuitRatePerIp))
                : null);

    public void TakeReservation(PeerId peer, IpGroup? ip, long now)
    {
        _reservationsPerPeer?.Take(peer, now);
        if (ip is { } group)
            _reservationsPerIp?.Take(group, now);
    }

    public void TakeCircuit(PeerId source, IpGroup? ip, long now)
    {
        _circuitsPerPeer?.Take(source, now);
        if (ip is { } group)
            _circuitsPerIp?.Take(group, now);
    }

    private void Change<TKey>(ref RateTable<TKey>? table, Rate? rate)
        where TKey : notnull
    {
        if (table?.Rate != rate)
            table = rate is { } limit ? new RateTable<TKey>(limit, _frequency) : null;
    }

    private static Decision? Refusal<TKey>(RateTable<TKey>? table, TKey key, long now, Status status, ReasonCode reason, string limit)
        where TKey : notnull
        => table is not null && table.IsExhausted(key, now) ? Decision.Full(status, reason, limit, table.Rate.Count, table.Rate.Count) : null;
}
