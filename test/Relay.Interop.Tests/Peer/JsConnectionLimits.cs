namespace Relay.Interop.Tests.Peer;

internal sealed record JsConnectionLimits(long? Bytes, long? Seconds);
