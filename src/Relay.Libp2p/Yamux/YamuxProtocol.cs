namespace Relay.Libp2p.Yamux;

/// <summary>The constants of the yamux protocol, version 0, as its spec gives them.</summary>
internal static class YamuxProtocol
{
    public const string Id = "/yamux/1.0.0";
    public const byte Version = 0;
    public const int HeaderLength = 12;
    public const uint InitialWindow = 256 * 1024;
    public const uint GoAwayNormal = 0;
    public const uint GoAwayProtocolError = 1;
    public const uint GoAwayInternalError = 2;
}
