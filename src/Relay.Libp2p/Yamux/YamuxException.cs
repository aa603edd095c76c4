namespace Relay.Libp2p.Yamux;

/// <summary>The remote broke the yamux protocol; the connection ends with go-away code 1.</summary>
internal sealed class YamuxException(string what) : IOException($"The remote broke the yamux protocol: it sent {what}.");
