using System.Text.Json.Nodes;

namespace Relay.Interop.Tests.Peer;

/// <summary>A stream inside a js-libp2p peer, past the negotiation of its protocol, worked on byte by byte.</summary>
internal sealed class JsStream(JsPeer peer, JsStreamInfo info)
{
    /// <summary>The peer that holds this end.</summary>
    public JsPeer Peer => peer;

    public string RemotePeer => info.RemotePeer;

    public Task<SendReply> WriteAsync(byte[] bytes) =>
        peer.CallAsync<SendReply>("stream.write", new { info.Handle, base64 = Convert.ToBase64String(bytes) });

    /// <summary>Writes bytes that follow from <paramref name="seed"/>. Returns when they are handed over, which needs the other end to read.</summary>
    public Task<SendReply> WritePatternAsync(long length, int seed = 1) =>
        peer.CallAsync<SendReply>("stream.write", new { info.Handle, length, seed });

    /// <summary>Writes a HOP or STOP message with its length prefix; the fields are named as in <see cref="CircuitMessage"/>.</summary>
    public Task<SendReply> WriteMessageAsync(object message) =>
        peer.CallAsync<SendReply>("stream.writeMessage", new { info.Handle, message });

    /// <summary>Reads exactly <paramref name="count"/> bytes, at most 1 MiB.</summary>
    public async Task<byte[]> ReadAsync(int count)
    {
        JsonNode result = await peer.CallAsync<JsonNode>("stream.read", new { info.Handle, count });
        return Convert.FromBase64String(result["base64"]!.GetValue<string>());
    }

    public Task<CircuitMessage> ReadMessageAsync(TimeSpan? timeout = null) =>
        peer.CallAsync<CircuitMessage>("stream.readMessage", new { info.Handle }, timeout);

    /// <summary>Takes in <paramref name="length"/> bytes, or less when the stream ends before.</summary>
    public Task<DigestReply> DigestAsync(long length) =>
        peer.CallAsync<DigestReply>("stream.digest", new { info.Handle, length });

    /// <summary>Takes in everything until the stream ends.</summary>
    public Task<DigestReply> DigestToEndAsync(TimeSpan? timeout = null) =>
        peer.CallAsync<DigestReply>("stream.digest", new { info.Handle }, timeout);

    /// <summary>Sends FIN; reading goes on.</summary>
    public Task CloseWriteAsync() => peer.CallAsync<JsonNode>("stream.closeWrite", new { info.Handle });

    /// <summary>Sends RST.</summary>
    public Task ResetAsync() => peer.CallAsync<JsonNode>("stream.reset", new { info.Handle });

    /// <summary>Waits until both directions are over.</summary>
    public Task<StreamState> ClosedAsync(TimeSpan? timeout = null) =>
        peer.CallAsync<StreamState>("stream.closed", new { info.Handle }, timeout);

    public Task<StreamState> StateAsync() => peer.CallAsync<StreamState>("stream.state", new { info.Handle });
}
