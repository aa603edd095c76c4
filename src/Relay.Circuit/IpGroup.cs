using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Relay.Multiformats;

namespace Relay.Circuit;

/// <summary>The addresses that count as one for the per-IP cap: now, a single address. An IPv4-mapped IPv6 address is the IPv4 address.</summary>
internal readonly record struct IpGroup
{
    private readonly UInt128 _bits;
    private readonly AddressFamily _family;

    private IpGroup(UInt128 bits, AddressFamily family)
    {
        _bits = bits;
        _family = family;
    }

    /// <summary>The group of an address; null when it is no IP address, which no per-IP cap can count.</summary>
    public static IpGroup? Of(Multiaddress address) => address.TryGetIPAddress(out IPAddress? ip) ? Of(ip) : null;

    public static IpGroup Of(IPAddress ip)
    {
        if (ip.IsIPv4MappedToIPv6)
            ip = ip.MapToIPv4();

        Span<byte> bytes = stackalloc byte[16];
        ip.TryWriteBytes(bytes, out int length);
        return length == 4
            ? new IpGroup(BinaryPrimitives.ReadUInt32BigEndian(bytes), AddressFamily.InterNetwork)
            : new IpGroup(BinaryPrimitives.ReadUInt128BigEndian(bytes), AddressFamily.InterNetworkV6);
    }
}
