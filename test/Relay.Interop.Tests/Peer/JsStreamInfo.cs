namespace Relay.Interop.Tests.Peer;

internal sealed record JsStreamInfo(int Handle, string Protocol, string Connection, string RemotePeer);
