using System.Net;
using Relay.Multiformats;

namespace Relay.Settings;

/// <summary>Which multiaddresses a node can listen on, and which it can announce.</summary>
internal static class AddressRules
{
    public const string ListenForm = "/ip4|ip6|dns|dns4|dns6/HOST/tcp/PORT (TCP is the only transport that listens)";

    public const string AnnounceForm = "reachable from outside: not /p2p-circuit, not an unspecified address, not port 0";

    public static string? WhatKeepsItFromListening(Multiaddress address)
    {
        bool listens = address.Components is
        [
            { Protocol: MultiaddressProtocol.Ip4 or MultiaddressProtocol.Ip6 or MultiaddressProtocol.Dns or MultiaddressProtocol.Dns4 or MultiaddressProtocol.Dns6 },
            { Protocol: MultiaddressProtocol.Tcp },
        ];
        return listens ? null : "is no TCP address to listen on";
    }

    public static string? WhatKeepsItFromBeingAnnounced(Multiaddress address)
    {
        if (address.IsCircuit)
            return "must not go through a relay (/p2p-circuit)";
        if (address.TryGetIPAddress(out IPAddress? ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)))
            return "must not be the unspecified address: nobody can dial it";
        return address.HasPort("0") ? "must not have port 0: nobody can dial it" : null;
    }

    /// <summary>Whether the address has a TCP or UDP component with this port.</summary>
    public static bool HasPort(this Multiaddress address, string port) =>
        address.Components.Any(component => component is { Protocol: MultiaddressProtocol.Tcp or MultiaddressProtocol.Udp } && component.Value == port);
}
