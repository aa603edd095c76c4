namespace Relay.Interop.Tests.Peer;

/// <summary>A connection of a js-libp2p peer.</summary>
/// <param name="Limits">What is left of the limit the relay announced; null when the connection is not limited.</param>
internal sealed record JsConnection(
    string Id, string RemotePeer, string RemoteAddr, string Direction, string? Encryption, string? Multiplexer, JsConnectionLimits? Limits);
