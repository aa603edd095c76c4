using Relay.Circuit;
using Relay.Interop.Tests.Nodes;
using Relay.Interop.Tests.Peer;
using Relay.Libp2p;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Interop.Tests;

/// <summary>.NET nodes and js-libp2p peers that reach each other through our relay and through js-libp2p's.</summary>
public sealed class DotnetPeerTests : RelayTest
{
    private const int Length = 16 << 20;

    [Test]
    public async Task A_js_peer_reaches_a_dotnet_node_behind_our_relay()
    {
        RelayNode relay = await StartRelayAsync();
        RelayNode listener = await StartClientAsync();
        JsPeer dialer = await StartPeerAsync();
        NodeEcho.Serve(listener);
        await listener.Relays.ReserveAsync(Multiaddress.Parse(relay.Address())).InTime();

        await ReachesAsync(dialer, listener, relay.Address());
    }

    [Test]
    public async Task A_dotnet_node_reaches_a_js_peer_behind_our_relay()
    {
        RelayNode relay = await StartRelayAsync();
        RelayNode dialer = await StartClientAsync();
        JsPeer listener = await StartPeerAsync();
        await listener.ServeEchoAsync();
        await listener.ListenAsync($"{relay.Address()}/p2p-circuit");
        string address = await listener.AnnouncesAsync(one => one.Contains("/p2p-circuit", StringComparison.Ordinal));

        var unasked = Assert.ThrowsAsync<StreamException>(() => dialer.OpenStreamAsync(Multiaddress.Parse(address), Protocols.Echo).InTime());
        Assert.That(unasked!.Reason, Is.EqualTo(StreamError.LimitedConnection));
        Connection connection = await NodeEcho.EchoesAsync(dialer, address, Length);

        Assert.That(connection.RemotePeer.ToString(), Is.EqualTo(listener.PeerId));
        Assert.That(connection.IsRelayed);
        EchoServed served = await listener.EchoedAsync();
        Assert.That((served.RemotePeer, served.Received, served.End), Is.EqualTo((dialer.Id(), (long)Length, StreamEnd.Eof)));
        Assert.That(await dialer.PingAsync(connection.RemotePeer).InTime(), Is.GreaterThan(TimeSpan.Zero));
    }

    [Test]
    public async Task A_dotnet_node_behind_a_js_relay_is_reached_by_js_and_by_dotnet()
    {
        JsPeer relay = await StartPeerAsync(new JsPeerOptions { Listen = [AnyPort], Relay = new JsRelayOptions { DataLimit = 8 * Length, DurationLimit = 120_000 } });
        RelayNode listener = await StartClientAsync();
        RelayNode dialer = await StartClientAsync();
        JsPeer jsDialer = await StartPeerAsync();
        NodeEcho.Serve(listener);

        Reservation reservation = await listener.Relays.ReserveAsync(Multiaddress.Parse(relay.Address)).InTime();

        Assert.That(reservation.Relay.ToString(), Is.EqualTo(relay.PeerId));
        Assert.That(reservation.Voucher?.Peer, Is.EqualTo(listener.PeerId));
        Assert.That(reservation.Limit?.Data, Is.EqualTo(8 * Length));
        await ReachesAsync(jsDialer, listener, relay.Address);
        Connection connection = await NodeEcho.EchoesAsync(dialer, listener.AddressBehind(relay.Address), Length);
        Assert.That((connection.RemotePeer, connection.IsRelayed, connection.Limit?.Data), Is.EqualTo((listener.PeerId, true, (long?)8 * Length)));
    }

    private static async Task ReachesAsync(JsPeer dialer, RelayNode listener, string relay)
    {
        JsConnection connection = await dialer.DialAsync(listener.AddressBehind(relay));
        EchoReply echo = await dialer.EchoAsync(connection, Length);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(connection.RemotePeer, Is.EqualTo(listener.Id()));
            Assert.That(connection.Limits, Is.Not.Null);
            Assert.That(echo.Sent, Is.EqualTo(Length));
            Assert.That((echo.Received, echo.ReceivedSha256, echo.End), Is.EqualTo((echo.Sent, echo.SentSha256, StreamEnd.Eof)));
        }
        IdentifyReply identity = await dialer.IdentifyAsync(connection);
        Assert.That(identity.Protocols, Does.Contain(Protocols.Echo).And.Contain(Protocols.Stop));
        Assert.That(await dialer.PingAsync(listener.Id()), Is.GreaterThanOrEqualTo(TimeSpan.Zero));
        Assert.That(await listener.PingAsync(PeerId.Parse(dialer.PeerId)).InTime(), Is.GreaterThan(TimeSpan.Zero));
    }
}
