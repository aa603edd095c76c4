using Relay.Interop.Tests.Peer;

namespace Relay.Interop.Tests.Scenarios;

/// <summary>A circuit seen as the relay makes it: two streams of bytes, with no Noise or Yamux of the ends inside.</summary>
/// <param name="Connected">What the relay told the source.</param>
/// <param name="Stopped">What the relay told the destination.</param>
internal sealed record RawCircuit(JsStream Source, JsStream Destination, CircuitMessage Connected, CircuitMessage Stopped)
{
    /// <summary>Reserves for the destination and connects the source to it. The destination's STOP streams are the test's from then on.</summary>
    public static async Task<RawCircuit> OpenAsync(string relay, JsPeer source, JsPeer destination)
    {
        await destination.TakeOverStopAsync();
        CircuitMessage reserved = await destination.ReserveAsync(relay);
        Assert.That(reserved.Status, Is.EqualTo(RelayStatus.Ok));
        return await ConnectAsync(relay, source, destination);
    }

    /// <summary>Connects to a destination that has reserved, and has handed over its STOP streams.</summary>
    public static async Task<RawCircuit> ConnectAsync(string relay, JsPeer source, JsPeer destination)
    {
        Task<(CircuitMessage Reply, JsStream Stream)> connecting = source.ConnectAsync(relay, destination.PeerId);
        StopRequest stop = await destination.NextStopAsync();
        await stop.AcceptAsync();
        (CircuitMessage reply, JsStream hop) = await connecting;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(reply.Status, Is.EqualTo(RelayStatus.Ok));
            Assert.That(stop.Request.Type, Is.EqualTo("CONNECT"));
            Assert.That(stop.Request.Peer?.Id, Is.EqualTo(source.PeerId));
            Assert.That(stop.Request.Limit, Is.EqualTo(reply.Limit).UsingPropertiesComparer(), "both ends are told the same limit");
        }
        return new RawCircuit(hop, stop.Stream, reply, stop.Request);
    }

    /// <summary>The same circuit with the ends named the other way round, for what must hold in both directions.</summary>
    public RawCircuit Reversed() => this with { Source = Destination, Destination = Source };

    /// <summary>Sends the bytes and FIN, and takes in what arrives at the other end until reading ends there.</summary>
    public async Task<Delivery> SendToEndAsync(long length)
    {
        Task<DigestReply> arriving = Destination.DigestToEndAsync();
        SendReply sent = await Source.WritePatternAsync(length);
        if (sent.Failed is null)
            await Source.CloseWriteAsync();
        return new Delivery(sent, await arriving);
    }
}
