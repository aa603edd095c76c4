using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Relay.Multiformats;

namespace Relay.Members;

/// <summary>
/// IP networks. Asking costs one look-up per prefix length that occurs, however many networks there are: block lists have thousands.
/// Immutable.
/// </summary>
internal sealed class NetworkSet
{
    private readonly ImmutableArray<IPNetwork> _networks;
    private readonly ImmutableArray<(int Prefix, HashSet<UInt128> Networks)> _v4;
    private readonly ImmutableArray<(int Prefix, HashSet<UInt128> Networks)> _v6;

    private NetworkSet(ImmutableArray<IPNetwork> networks)
    {
        _networks = networks;
        _v4 = Group(networks, AddressFamily.InterNetwork);
        _v6 = Group(networks, AddressFamily.InterNetworkV6);
    }

    public static NetworkSet Empty { get; } = new([]);

    public bool IsEmpty => _networks.IsEmpty;

    public NetworkSet Add(IEnumerable<IPNetwork> networks)
    {
        ArgumentNullException.ThrowIfNull(networks);
        return new NetworkSet([.. _networks, .. networks.Select(Unmap)]);
    }

    /// <summary>Whether the IP address that a multiaddress begins with is in one of the networks; one without is in none.</summary>
    public bool Contains(Multiaddress address) => !IsEmpty && address.TryGetIPAddress(out IPAddress? ip) && Contains(ip);

    public bool Contains(IPAddress ip)
    {
        if (ip.IsIPv4MappedToIPv6)
            ip = ip.MapToIPv4();
        UInt128 bits = BitsOf(ip, out int width);
        foreach ((int prefix, HashSet<UInt128> networks) in width == 32 ? _v4 : _v6)
        {
            if (networks.Contains(Mask(bits, prefix, width)))
                return true;
        }

        return false;
    }

    private static ImmutableArray<(int Prefix, HashSet<UInt128> Networks)> Group(ImmutableArray<IPNetwork> networks, AddressFamily family) =>
    [
        .. networks.Where(network => network.BaseAddress.AddressFamily == family)
            .GroupBy(static network => network.PrefixLength, static network => BitsOf(network.BaseAddress, out _))
            .Select(static group => (group.Key, group.ToHashSet())),
    ];

    // ::ffff:192.0.2.0/120 is 192.0.2.0/24.
    private static IPNetwork Unmap(IPNetwork network) => network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= 96
        ? new IPNetwork(network.BaseAddress.MapToIPv4(), network.PrefixLength - 96)
        : network;

    private static UInt128 BitsOf(IPAddress ip, out int width)
    {
        Span<byte> bytes = stackalloc byte[16];
        ip.TryWriteBytes(bytes, out int length);
        width = length * 8;
        return length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private static UInt128 Mask(UInt128 bits, int prefix, int width) => prefix == 0 ? 0 : bits >> (width - prefix) << (width - prefix);
}
