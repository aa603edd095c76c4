using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;
using Relay.Circuit;
using Relay.Multiformats;

namespace Relay.Members;

/// <summary>
/// IP networks. Asking costs one look-up per prefix length that occurs, however many networks there are: block lists have thousands.
/// Immutable.
/// </summary>
internal sealed class NetworkSet
{
    private readonly FrozenSet<IpGroup> _networks;
    private readonly ImmutableArray<int> _v4Prefixes; // those that occur
    private readonly ImmutableArray<int> _v6Prefixes;

    private NetworkSet(FrozenSet<IpGroup> networks)
    {
        _networks = networks;
        _v4Prefixes = PrefixesOf(networks.Where(static network => network.IsIpv4));
        _v6Prefixes = PrefixesOf(networks.Where(static network => !network.IsIpv4));
    }

    public static NetworkSet Empty { get; } = new([]);

    public bool IsEmpty => _networks.Count == 0;

    public NetworkSet Add(IEnumerable<IPNetwork> networks)
    {
        ArgumentNullException.ThrowIfNull(networks);
        return new NetworkSet(_networks.Union(networks.Select(IpGroup.Of)).ToFrozenSet());
    }

    /// <summary>Whether the IP address that a multiaddress begins with is in one of the networks; one without is in none.</summary>
    public bool Contains(Multiaddress address)
    {
        if (IsEmpty || IpGroup.Of(address) is not { } single)
            return false;
        foreach (int prefix in single.IsIpv4 ? _v4Prefixes : _v6Prefixes)
        {
            if (_networks.Contains(single.Widen(prefix)))
                return true;
        }

        return false;
    }

    private static ImmutableArray<int> PrefixesOf(IEnumerable<IpGroup> networks) => [.. networks.Select(static network => network.PrefixLength).Distinct()];
}
