using System.Text.Json.Nodes;

namespace Relay.Interop.Tests.Peer;

internal sealed partial class JsPeer
{
    /// <summary>Dials, or finds the connection that is there already.</summary>
    public Task<JsConnection> DialAsync(string address) => CallAsync<JsConnection>("dial", new { address });

    /// <summary>Listens on one more address, with js-libp2p's own transports; on <c>RELAY/p2p-circuit</c> it reserves.</summary>
    public async Task ListenAsync(string address) => _own = await CallAsync<PeerAddresses>("listen", new { address });

    /// <summary>Waits until it announces an address that fits, and returns it.</summary>
    public async Task<string> AnnouncesAsync(Func<string, bool> fits)
    {
        _own = await CallAsync<PeerAddresses>("addresses");
        if (!_own.Addresses.Any(fits))
            _own = await EventAsync<PeerAddresses>("self:peer:update", own => own.Addresses.Any(fits));
        return _own.Addresses.First(fits);
    }

    /// <summary>Asks anew on an identify stream of its own.</summary>
    public Task<IdentifyReply> IdentifyAsync(JsConnection connection) =>
        CallAsync<IdentifyReply>("identify", new { connection = connection.Id });

    /// <param name="peer">A peer id with a connection, or an address.</param>
    public async Task<TimeSpan> PingAsync(string peer)
    {
        JsonNode reply = await CallAsync<JsonNode>("ping", new { peer });
        return TimeSpan.FromMilliseconds(reply["milliseconds"]!.GetValue<double>());
    }

    public async Task<IReadOnlyList<JsConnection>> ConnectionsAsync() => (await CallAsync<JsConnections>("connections")).Connections;

    public Task CloseAsync(JsConnection connection) => CallAsync<JsonNode>("closeConnection", new { connection = connection.Id });

    /// <summary>Ends its connections to the peer without a word.</summary>
    public Task AbortAsync(string peer) => CallAsync<JsonNode>("abort", new { peer });

    /// <summary>Ends its connections to the peer in good order, with FIN on every stream.</summary>
    public Task HangUpAsync(string peer) => CallAsync<JsonNode>("hangUp", new { peer });

    /// <summary>Opens a stream and agrees on its protocol, on limited connections too.</summary>
    public async Task<JsStream> OpenAsync(JsConnection connection, string protocol) =>
        new(this, await CallAsync<JsStreamInfo>("openStream", new { connection = connection.Id, protocol }));

    /// <summary>Streams of this protocol now wait for <see cref="AcceptAsync"/>, whatever js-libp2p did with them before.</summary>
    public Task TakeOverAsync(string protocol) => CallAsync<JsonNode>("takeOver", new { protocol });

    public async Task<JsStream> AcceptAsync(string protocol) =>
        new(this, await CallAsync<JsStreamInfo>("acceptStream", new { protocol }));

    public Task ServeEchoAsync() => CallAsync<JsonNode>("serveEcho", new { protocol = Protocols.Echo });

    /// <summary>What the echo server took in on the next stream that ended.</summary>
    public Task<EchoServed> EchoedAsync() => CallAsync<EchoServed>("echoed", new { protocol = Protocols.Echo });

    /// <summary>Sends bytes that follow from <paramref name="seed"/>, then FIN, and takes in what comes back.</summary>
    public Task<EchoReply> EchoAsync(JsConnection connection, long length, int seed = 1) =>
        CallAsync<EchoReply>("echo", new { connection = connection.Id, protocol = Protocols.Echo, length, seed }, TimeSpan.FromMinutes(1));

    /// <summary>Signs a reservation voucher with this peer's key, as a relay does; null is what is right.</summary>
    public async Task<string> SealVoucherAsync(string relay, string peer, long expiration, string? domain = null, string? payloadType = null)
    {
        JsonNode reply = await CallAsync<JsonNode>("sealVoucher", new { relay, peer, expiration, domain, payloadType });
        return reply["voucher"]!.GetValue<string>();
    }

    private sealed record JsConnections(IReadOnlyList<JsConnection> Connections);
}
