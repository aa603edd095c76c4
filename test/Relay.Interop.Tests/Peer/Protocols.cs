namespace Relay.Interop.Tests.Peer;

internal static class Protocols
{
    public const string Hop = "/libp2p/circuit/relay/0.2.0/hop";
    public const string Stop = "/libp2p/circuit/relay/0.2.0/stop";
    public const string Echo = "/relay-interop/echo/1.0.0";
}
