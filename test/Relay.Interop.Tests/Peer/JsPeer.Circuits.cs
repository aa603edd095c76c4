namespace Relay.Interop.Tests.Peer;

internal sealed partial class JsPeer
{
    /// <summary>Opens a HOP stream to the relay, dialing it when needed.</summary>
    public async Task<JsStream> OpenHopAsync(string relay) => await OpenAsync(await DialAsync(relay), Protocols.Hop);

    /// <summary>RESERVE on a HOP stream of its own; no part of js-libp2p's relay client.</summary>
    public async Task<CircuitMessage> ReserveAsync(string relay)
    {
        JsStream hop = await OpenHopAsync(relay);
        await hop.WriteMessageAsync(new { type = "RESERVE" });
        CircuitMessage reply = await hop.ReadMessageAsync();
        await hop.CloseWriteAsync();
        return reply;
    }

    /// <summary>CONNECT on a HOP stream of its own. On OK the stream is this end of the circuit.</summary>
    public async Task<(CircuitMessage Reply, JsStream Stream)> ConnectAsync(string relay, string destination)
    {
        JsStream hop = await OpenHopAsync(relay);
        await hop.WriteMessageAsync(new { type = "CONNECT", peer = new { id = destination } });
        return (await hop.ReadMessageAsync(), hop);
    }

    /// <summary>STOP streams now wait for <see cref="NextStopAsync"/>; until that is called the relay waits.</summary>
    public Task TakeOverStopAsync() => TakeOverAsync(Protocols.Stop);

    /// <summary>The next STOP stream with the message that it began with.</summary>
    public async Task<StopRequest> NextStopAsync()
    {
        JsStream stop = await AcceptAsync(Protocols.Stop);
        return new StopRequest(stop, await stop.ReadMessageAsync());
    }
}
