namespace Relay.Circuit;

/// <summary>Where reservations come from: how many from each address, and from each network around one. Not thread-safe.</summary>
internal sealed class AddressCounts
{
    private readonly Tally<IpGroup> _perIp = new();
    private readonly Tally<IpGroup> _perPrefix = new();
    private CircuitRelayOptions _options = null!;
    private IpGroup[] _exempt = [];

    public AddressCounts(CircuitRelayOptions options) => Use(options, []);

    /// <summary>Addresses that are counted.</summary>
    public int Addresses => _perIp.Keys;

    /// <summary>Networks that are counted.</summary>
    public int Prefixes => _perPrefix.Keys;

    /// <summary>All counts of addresses, and all counts of networks, added up.</summary>
    public (int PerIp, int PerPrefix) Sums => (_perIp.Sum, _perPrefix.Sum);

    public long Visits => _perIp.Visits + _perPrefix.Visits;

    /// <summary>Takes over what <paramref name="options"/> say; counts <paramref name="reservations"/> anew when that moves them to other networks.</summary>
    public void Use(CircuitRelayOptions options, IEnumerable<ReservationEntry> reservations)
    {
        CircuitRelayOptions? before = _options;
        _options = options;
        if (before is not null
            && (before.Ipv4PrefixLength, before.Ipv6PrefixLength) == (options.Ipv4PrefixLength, options.Ipv6PrefixLength)
            && before.ExemptNetworks.Equals(options.ExemptNetworks))
            return;

        _exempt = [.. options.ExemptNetworks.Select(IpGroup.Of)];
        Clear();
        foreach (ReservationEntry entry in reservations)
            Add(entry.Ip);
    }

    /// <summary>Where something done from that address counts for a rate: at an IPv4 address, or at an IPv6 network, as addresses in it cost nothing.</summary>
    /// <returns>Null when it counts nowhere: no IP address, or an exempt one.</returns>
    public IpGroup? RateKey(IpGroup? ip) => Counted(ip) is { } address ? address.IsIpv4 ? address : address.Widen(_options.Ipv6PrefixLength) : null;

    /// <summary>Why a reservation from <paramref name="ip"/> is one too many for its address or network; null when it is not.</summary>
    /// <param name="ip">The address.</param>
    /// <param name="held">Where the peer is counted already, if it holds a reservation: what counts it already does not refuse it.</param>
    public Decision? Refusal(IpGroup? ip, IpGroup? held)
    {
        if (Counted(ip) is not { } address)
            return null;

        IpGroup? counted = Counted(held);
        if (counted != address && _perIp[address] >= _options.MaxReservationsPerIp)
        {
            return Decision.Full(
                Status.ReservationRefused,
                ReasonCode.ReservationsPerIpFull,
                nameof(CircuitRelayOptions.MaxReservationsPerIp),
                _perIp[address],
                _options.MaxReservationsPerIp);
        }

        (int? maximum, string limit) = address.IsIpv4
            ? (_options.MaxReservationsPerIpv4Prefix, nameof(CircuitRelayOptions.MaxReservationsPerIpv4Prefix))
            : (_options.MaxReservationsPerIpv6Prefix, nameof(CircuitRelayOptions.MaxReservationsPerIpv6Prefix));
        IpGroup prefix = PrefixOf(address);
        return maximum is { } most && (counted is not { } before || PrefixOf(before) != prefix) && _perPrefix[prefix] >= most
            ? Decision.Full(Status.ReservationRefused, ReasonCode.ReservationsPerPrefixFull, limit, _perPrefix[prefix], most)
            : null;
    }

    public void Add(IpGroup? ip)
    {
        if (Counted(ip) is not { } address)
            return;
        _perIp.Increment(address);
        _perPrefix.Increment(PrefixOf(address));
    }

    public void Remove(IpGroup? ip)
    {
        if (Counted(ip) is not { } address)
            return;
        _perIp.Decrement(address);
        _perPrefix.Decrement(PrefixOf(address));
    }

    public void Clear()
    {
        _perIp.Clear();
        _perPrefix.Clear();
    }

    private IpGroup? Counted(IpGroup? ip)
    {
        if (ip is not { } address)
            return null;
        foreach (IpGroup network in _exempt)
        {
            if (network.Contains(address))
                return null;
        }

        return address;
    }

    private IpGroup PrefixOf(IpGroup address) => address.Widen(address.IsIpv4 ? _options.Ipv4PrefixLength : _options.Ipv6PrefixLength);
}
