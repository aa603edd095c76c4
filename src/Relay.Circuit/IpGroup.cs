using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Relay.Multiformats;

namespace Relay.Circuit;

/// <summary>
/// Addresses that are counted as one: a single address, or the network of some prefix length. An IPv4-mapped IPv6 address is the IPv4 address, and a network
/// of such addresses the IPv4 network.
/// </summary>
internal readonly record struct IpGroup
{
    private const int MappedPrefix = 96; // ::ffff:0:0/96

    private readonly UInt128 _bits; // what lies behind the prefix is zero
    private readonly AddressFamily _family;
    private readonly byte _prefixLength;

    private IpGroup(UInt128 bits, AddressFamily family, int prefixLength)
    {
        _bits = bits & Mask(family, prefixLength);
        _family = family;
        _prefixLength = (byte)prefixLength;
    }

    public bool IsIpv4 => _family == AddressFamily.InterNetwork;

    public int PrefixLength => _prefixLength;

    /// <summary>The group of one address; null when it is no IP address, which nothing can count by.</summary>
    public static IpGroup? Of(Multiaddress address) => address.TryGetIPAddress(out IPAddress? ip) ? Of(ip) : null;

    /// <inheritdoc cref="Of(Multiaddress)"/>
    public static IpGroup Of(IPAddress ip) => Make(ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip, null);

    public static IpGroup Of(IPNetwork network)
        => network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= MappedPrefix
            ? Make(network.BaseAddress.MapToIPv4(), network.PrefixLength - MappedPrefix)
            : Make(network.BaseAddress, network.PrefixLength);

    /// <summary>The network around it.</summary>
    public IpGroup Widen(int prefixLength) => new(_bits, _family, Math.Min(prefixLength, _prefixLength));

    public bool Contains(IpGroup other)
        => _family == other._family && _prefixLength <= other._prefixLength && (other._bits & Mask(_family, _prefixLength)) == _bits;

    private static IpGroup Make(IPAddress ip, int? prefixLength)
    {
        Span<byte> bytes = stackalloc byte[16];
        ip.TryWriteBytes(bytes, out int length);
        return length == 4
            ? new IpGroup(BinaryPrimitives.ReadUInt32BigEndian(bytes), AddressFamily.InterNetwork, prefixLength ?? 32)
            : new IpGroup(BinaryPrimitives.ReadUInt128BigEndian(bytes), AddressFamily.InterNetworkV6, prefixLength ?? 128);
    }

    private static UInt128 Mask(AddressFamily family, int prefixLength)
    {
        int free = (family == AddressFamily.InterNetwork ? 32 : 128) - prefixLength;
        return free == 128 ? UInt128.Zero : UInt128.MaxValue << free; // a shift by 128 would be one by 0
    }
}
