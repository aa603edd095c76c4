using Relay.Interop.Tests.Nodes;
using Relay.Interop.Tests.Peer;
using Relay.Interop.Tests.Scenarios;
using Relay.Libp2p;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Interop.Tests;

/// <summary>
/// Circuits that a relay cuts at its limits, with a .NET node at one end or both, and js-libp2p as the relay or as the other end: what is cut never looks like
/// something that was whole.
/// </summary>
public sealed class DotnetLimitTests : RelayTest
{
    private const int Limit = 100_000;

    [TestCase(true)]
    [TestCase(false)]
    public async Task Through_our_relay_to_a_js_peer(bool overDuration)
    {
        var clock = new RelayClock();
        RelayNode relay = await StartRelayAsync(
            service => (service.MaxData, service.MaxDuration) = (overDuration ? 1 << 30 : Limit, TimeSpan.FromSeconds(40)),
            builder => builder.WithTimeProvider(clock.Time));
        RelayNode dialer = await StartRelayAsync(config => config.Connection.RelayService.Disabled = true, builder => builder.WithTimeProvider(clock.Time));
        JsPeer listener = await StartPeerAsync();
        await listener.ServeEchoAsync();
        await listener.ListenAsync($"{relay.Address()}/p2p-circuit");
        string address = await listener.AnnouncesAsync(one => one.Contains("/p2p-circuit", StringComparison.Ordinal));
        await using MuxedStream stream = await dialer.OpenStreamAsync(Multiaddress.Parse(address), Protocols.Echo, allowLimited: true).InTime();

        if (overDuration)
            await clock.AdvanceAsync(TimeSpan.FromSeconds(40), relay.Address(), listener);
        else
            Assert.That(Fails(() => stream.WriteAsync(new byte[4 * Limit]).AsTask()), Is.EqualTo(StreamError.LimitReached));

        Assert.That(Fails(() => stream.CopyToAsync(Stream.Null)), Is.EqualTo(StreamError.LimitReached));
        await EndsAtItsLimitAsync(stream.Connection);
        EchoServed served = await listener.EchoedAsync();
        Assert.That(served.Received, Is.LessThan(Limit), "at the js end");
        await NodeScenarios.StillServesAsync(listener, relay.Address());
        await relay.HasCircuitsAsync(0);
    }

    [Test]
    public async Task Through_our_relay_from_a_js_peer()
    {
        RelayNode relay = await StartRelayAsync(service => service.MaxData = Limit);
        RelayNode listener = await StartClientAsync();
        JsPeer dialer = await StartPeerAsync();
        NodeEcho.Serve(listener);
        await listener.Relays.ReserveAsync(Multiaddress.Parse(relay.Address())).InTime();
        JsConnection connection = await dialer.DialAsync(listener.AddressBehind(relay.Address()));
        await Eventually.TrueAsync(() => listener.Connections.Any(one => one.IsRelayed), "the listener's end, which may come a moment after the dialer's");
        Connection inbound = listener.Connections.Single(one => one.IsRelayed);

        EchoReply? echo = await TryEchoAsync(dialer, connection, 4 * Limit);
        Assert.That(echo?.Received ?? 0, Is.LessThan(Limit), "at the js end");
        await EndsAtItsLimitAsync(inbound);
        await relay.HasCircuitsAsync(0);
    }

    [Test]
    public async Task Data_through_a_js_relay_between_dotnet_nodes()
    {
        (MuxedStream stream, Connection inbound) = await ThroughJsRelayAsync(new JsRelayOptions { DataLimit = Limit });
        await using MuxedStream disposed = stream;

        Assert.That(Fails(() => stream.WriteAsync(new byte[4 * Limit]).AsTask()), Is.EqualTo(StreamError.LimitReached));
        Assert.That(Fails(() => stream.CopyToAsync(Stream.Null)), Is.EqualTo(StreamError.LimitReached));
        await EndsAtItsLimitAsync(stream.Connection);

        // js drops what goes over the limit, and what it had not passed on: the receiver may have seen less than the limit and then a reset.
        await inbound.Closed.InTime();
        Assert.That(inbound.CloseReason, Is.InstanceOf<IOException>());
    }

    [Test]
    public async Task Time_through_a_js_relay_between_dotnet_nodes()
    {
        // js announces its milliseconds as seconds, so that nobody can know that the time is over; that it is no orderly end is seen all the same.
        (MuxedStream stream, Connection inbound) = await ThroughJsRelayAsync(new JsRelayOptions { DurationLimit = 1500 });
        await using MuxedStream disposed = stream;

        Assert.That(Fails(() => stream.CopyToAsync(Stream.Null)), Is.EqualTo(StreamError.ConnectionClosed));
        await stream.Connection.Closed.InTime();
        await inbound.Closed.InTime();
        Assert.That(stream.Connection.CloseReason, Has.Message.Contains("reset"));
        Assert.That(inbound.CloseReason, Has.Message.Contains("reset"));
    }

    private async Task<(MuxedStream Outbound, Connection Inbound)> ThroughJsRelayAsync(JsRelayOptions options)
    {
        JsPeer relay = await StartPeerAsync(new JsPeerOptions { Listen = [AnyPort], Relay = options });
        RelayNode listener = await StartClientAsync();
        RelayNode dialer = await StartClientAsync();
        NodeEcho.Serve(listener);
        await listener.Relays.ReserveAsync(Multiaddress.Parse(relay.Address)).InTime();
        MuxedStream stream = await dialer
            .OpenStreamAsync(Multiaddress.Parse(listener.AddressBehind(relay.Address)), Protocols.Echo, allowLimited: true).InTime();
        return (stream, listener.Connections.Single(one => one.IsRelayed));
    }

    private static StreamError Fails(Func<Task> use) => Assert.ThrowsAsync<StreamException>(() => use().InTime())!.Reason;

    private static async Task EndsAtItsLimitAsync(Connection connection)
    {
        await connection.Closed.InTime();
        Assert.That((connection.CloseReason as StreamException)?.Reason, Is.EqualTo(StreamError.LimitReached), connection.CloseReason?.ToString());
    }

    private static async Task<EchoReply?> TryEchoAsync(JsPeer dialer, JsConnection connection, long length)
    {
        try
        {
            return await dialer.EchoAsync(connection, length);
        }
        catch (JsPeerException)
        {
            return null;
        }
    }
}
