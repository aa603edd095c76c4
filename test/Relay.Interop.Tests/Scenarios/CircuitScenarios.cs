using Relay.Interop.Tests.Peer;

namespace Relay.Interop.Tests.Scenarios;

/// <summary>What must hold of every circuit, whoever relays it.</summary>
internal static class CircuitScenarios
{
    public const long MegaBytes16 = 16 << 20;

    /// <summary>
    /// The ordinary way: one js-libp2p peer listens through the relay, another dials it there, and what it echoes comes back whole.
    /// Returns the dialer's connection.
    /// </summary>
    public static async Task<JsConnection> EchoesThroughAsync(string relay, JsPeer listener, JsPeer dialer, long length)
    {
        await listener.ServeEchoAsync();
        return await MeetsAsync(relay, listener, dialer, length);
    }

    /// <summary>As <see cref="EchoesThroughAsync"/>, with a listener that serves the echo already.</summary>
    public static async Task<JsConnection> MeetsAsync(string relay, JsPeer listener, JsPeer dialer, long length)
    {
        await listener.ListenAsync($"{relay}/p2p-circuit");
        string circuit = await listener.AnnouncesAsync(address => address.Contains("/p2p-circuit", StringComparison.Ordinal));
        JsConnection connection = await dialer.DialAsync(circuit);
        await EchoesAsync(connection, listener, dialer, length);
        return connection;
    }

    /// <summary>Echoes over a connection that is there.</summary>
    public static async Task EchoesAsync(JsConnection connection, JsPeer listener, JsPeer dialer, long length)
    {
        EchoReply echo = await dialer.EchoAsync(connection, length);
        EchoServed served = await listener.EchoedAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(connection.RemotePeer, Is.EqualTo(listener.PeerId));
            Assert.That(echo.Sent, Is.EqualTo(length));
            Assert.That(served.RemotePeer, Is.EqualTo(dialer.PeerId));
            Assert.That((served.Received, served.Sha256, served.End), Is.EqualTo((length, echo.SentSha256, StreamEnd.Eof)));
            Assert.That((echo.Received, echo.ReceivedSha256, echo.End), Is.EqualTo((length, echo.SentSha256, StreamEnd.Eof)));
        }
    }

    /// <summary>After one end's FIN the other goes on sending, and its FIN arrives too.</summary>
    public static async Task HalfClosesAsync(RawCircuit circuit)
    {
        (await circuit.SendToEndAsync(1000)).IsWhole();
        Assert.That(await circuit.Source.StateAsync(), Has.Property(nameof(StreamState.End)).Null, "FIN went one way only");

        (await circuit.Reversed().SendToEndAsync(200_000)).IsWhole();
        StreamState source = await circuit.Source.ClosedAsync();
        StreamState destination = await circuit.Destination.ClosedAsync();
        Assert.That((source.Closed, destination.Closed), Is.EqualTo(((StreamEnd?)StreamEnd.Closed, (StreamEnd?)StreamEnd.Closed)));
    }

    /// <summary>One end's RST is the other end's RST, not a FIN.</summary>
    public static async Task ResetsAsync(RawCircuit circuit)
    {
        await circuit.Source.WritePatternAsync(1000);
        Assert.That((await circuit.Destination.DigestAsync(1000)).Length, Is.EqualTo(1000));

        await circuit.Source.ResetAsync();
        Assert.That((await circuit.Destination.DigestToEndAsync()).End, Is.EqualTo(StreamEnd.Reset));
    }
}
