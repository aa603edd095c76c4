using System.Net;
using System.Net.Sockets;
using Relay.Multiformats;

namespace Relay.Libp2p;

/// <summary>Which addresses are worth telling others: the public ones, else those of the local network, else loopback.</summary>
internal static class AddressScope
{
    private enum Scope
    {
        Loopback,
        Private,
        Public,
    }

    /// <summary>The addresses of the widest scope there is among them; a name counts as public.</summary>
    public static IReadOnlyList<Multiaddress> Widest(IEnumerable<Multiaddress> addresses)
    {
        var scoped = addresses.Distinct().Select(static address => (Address: address, Scope: Of(address))).ToList();
        return scoped.Count == 0 ? [] : [.. scoped.Where(a => a.Scope == scoped.Max(static b => b.Scope)).Select(static a => a.Address)];
    }

    /// <summary>
    /// The addresses of a node that are worth most first: its public ones, then those that lead to it by way of somebody else, then those that only its own
    /// network reaches.
    /// </summary>
    public static IEnumerable<Multiaddress> ByWorth(IReadOnlyList<Multiaddress> own, IReadOnlyList<Multiaddress> byOthers) =>
        own.Where(static address => Of(address) == Scope.Public).Concat(byOthers).Concat(own.Where(static address => Of(address) != Scope.Public));

    private static Scope Of(Multiaddress address)
    {
        if (!address.TryGetIPAddress(out IPAddress? ip))
            return Scope.Public;
        if (IPAddress.IsLoopback(ip))
            return Scope.Loopback;
        return IsPrivate(ip) ? Scope.Private : Scope.Public;
    }

    // RFC 1918, RFC 6598 (carrier-grade NAT), RFC 3927 (link-local), RFC 4193 (unique local).
    private static bool IsPrivate(IPAddress ip)
    {
        if (ip.AddressFamily == AddressFamily.InterNetworkV6)
            return ip.IsIPv6LinkLocal || ip.IsIPv6UniqueLocal || ip.IsIPv6SiteLocal;
        Span<byte> b = stackalloc byte[4];
        ip.TryWriteBytes(b, out _);
        return b[0] == 10
            || (b[0] == 172 && (b[1] & 0xF0) == 16)
            || (b[0] == 192 && b[1] == 168)
            || (b[0] == 100 && (b[1] & 0xC0) == 64)
            || (b[0] == 169 && b[1] == 254);
    }
}
