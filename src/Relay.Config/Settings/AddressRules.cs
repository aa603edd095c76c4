using System.Net;
using Relay.Multiformats;
using Protocol = Relay.Multiformats.MultiaddressProtocol;

namespace Relay.Settings;

/// <summary>Which multiaddresses a node can listen on, and which it can announce.</summary>
internal static class AddressRules
{
    public const string ListenForm = "/ip4|ip6|dns|dns4|dns6/HOST/tcp/PORT (TCP is the only transport that listens)";

    public const string AnnounceForm = "reachable from outside: not /p2p-circuit, not an unspecified address, not port 0";

    public const string RelayForm = "of a relay: ending in /p2p/ID, not /p2p-circuit";

    public static string? WhatKeepsItFromListening(Multiaddress address)
    {
        bool listens = address.Components is
        [
        { Protocol: Protocol.Ip4 or Protocol.Ip6 or Protocol.Dns or Protocol.Dns4 or Protocol.Dns6 },
        { Protocol: Protocol.Tcp },
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

    public static string? WhatKeepsItFromBeingARelay(Multiaddress address) =>
        address.IsCircuit ? "must not go through a relay itself (/p2p-circuit)"
        : address.PeerId is null || address.WithoutPeerId() is null ? "must be an address that ends in /p2p/ID: only the id says who is asked"
        : null;

    /// <summary>Whether the address has a TCP or UDP component with this port.</summary>
    public static bool HasPort(this Multiaddress address, string port) =>
        address.Components.Any(component => component is { Protocol: Protocol.Tcp or Protocol.Udp } && component.Value == port);
}
