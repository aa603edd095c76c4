using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Relay.Multiformats;

public sealed partial class Multiaddress
{
    /// <summary>
    /// The address of a TCP end point: <c>/ip4/ADDRESS/tcp/PORT</c> or <c>/ip6/...</c>. An IPv4 address that is mapped to IPv6 becomes
    /// <c>/ip4</c>; the scope of an IPv6 address is dropped, since it means nothing to others.
    /// </summary>
    public static Multiaddress FromEndPoint(IPEndPoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        IPAddress address = endpoint.Address.IsIPv4MappedToIPv6 ? endpoint.Address.MapToIPv4() : endpoint.Address;
        bool isIPv4 = address.AddressFamily == AddressFamily.InterNetwork;
        return FromBytes(
        [
            (byte)(isIPv4 ? MultiaddressProtocol.Ip4 : MultiaddressProtocol.Ip6),
            .. address.GetAddressBytes(),
            (byte)MultiaddressProtocol.Tcp,
            (byte)(endpoint.Port >> 8),
            (byte)endpoint.Port,
        ]);
    }

    /// <summary>
    /// The TCP end point to connect to, when the address begins with an IP address and a TCP port. A name is not resolved.
    /// </summary>
    public bool TryGetEndPoint([NotNullWhen(true)] out IPEndPoint? endpoint)
    {
        endpoint = null;
        if (_components.Length < 2 || _components[1].Protocol != MultiaddressProtocol.Tcp || !TryGetIPAddress(out IPAddress? address))
            return false;
        endpoint = new IPEndPoint(address, BinaryPrimitives.ReadUInt16BigEndian(ValueOf(1)));
        return true;
    }

    /// <summary>The IP address that the address begins with.</summary>
    public bool TryGetIPAddress([NotNullWhen(true)] out IPAddress? address)
    {
        bool isIp = _components[0].Protocol is MultiaddressProtocol.Ip4 or MultiaddressProtocol.Ip6;
        address = isIp ? new IPAddress(ValueOf(0)) : null;
        return isIp;
    }
}
