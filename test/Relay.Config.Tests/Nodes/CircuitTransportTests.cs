using System.Security.Cryptography;
using Relay.Circuit;
using Relay.Libp2p;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Tests.Nodes;

/// <summary>Connections inside circuits: a node behind a relay, dialed by another.</summary>
[TestFixture(false)]
[TestFixture(true)]
internal sealed class CircuitTransportTests(bool peersServe) : NodeTest
{
    protected override bool PeersServe => peersServe;

    private const string Echo = "/test/echo/1.0.0";

    private async Task<(RelayNode Relay, RelayNode Destination, RelayNode Source)> StartThreeAsync(Action<RelayServiceConfig>? configure = null)
    {
        RelayNode relay = await StartOpenRelayAsync(configure);
        RelayNode destination = await StartPeerAsync();
        destination.Handle(Echo, async stream =>
        {
            await stream.CopyToAsync(stream);
            await stream.CloseWriteAsync();
        });
        await destination.Relays.ReserveAsync(relay.ListenAddresses[0]).InTime();
        return (relay, destination, await StartPeerAsync());
    }

    [Test]
    public async Task Sixteen_mebibytes_are_echoed_whole()
    {
        (RelayNode relay, RelayNode destination, RelayNode source) = await StartThreeAsync();
        await using MuxedStream stream = await source.OpenStreamAsync(Through(relay, destination), Echo, allowLimited: true).InTime();
        byte[] sent = RandomNumberGenerator.GetBytes(16 << 20);
        Task writing = Task.Run(async () =>
        {
            await stream.WriteAsync(sent);
            await stream.CloseWriteAsync();
        });
        var received = new MemoryStream();
        await stream.CopyToAsync(received).InTime();
        await writing.InTime();
        Assert.That(SHA256.HashData(received.ToArray()), Is.EqualTo(SHA256.HashData(sent)));
    }

    [Test]
    public async Task Both_ends_see_the_limits_the_relay_has_set()
    {
        (RelayNode relay, RelayNode destination, RelayNode source) = await StartThreeAsync(config => config.MaxData = 1 << 20);
        Connection outbound = await source.DialAsync(Through(relay, destination)).InTime();
        await Eventually.TrueAsync(() => destination.Connections.Any(c => c.IsRelayed), "the destination's end");
        Connection inbound = destination.Connections.Single(c => c.IsRelayed);
        var limit = new ConnectionLimit(TimeSpan.FromMinutes(30), 1 << 20);
        Assert.Multiple(() =>
        {
            Assert.That((outbound.IsRelayed, outbound.Limit, outbound.RemotePeer), Is.EqualTo((true, limit, destination.PeerId)));
            Assert.That((inbound.Limit, inbound.RemotePeer), Is.EqualTo((limit, source.PeerId)));
            Assert.That(outbound.RemoteAddress, Is.EqualTo(Through(relay, destination)));
        });
    }

    [Test]
    public async Task A_stream_on_a_limited_connection_is_opened_only_when_asked_for_as_such()
    {
        (RelayNode relay, RelayNode destination, RelayNode source) = await StartThreeAsync();
        StreamException? error = Assert.ThrowsAsync<StreamException>(() => source.OpenStreamAsync(Through(relay, destination), Echo).InTime());
        Assert.That(error!.Reason, Is.EqualTo(StreamError.LimitedConnection));
    }

    [Test]
    public async Task An_unlimited_relay_gives_connections_without_limits()
    {
        (RelayNode relay, RelayNode destination, RelayNode source) = await StartThreeAsync(config => (config.MaxData, config.MaxDuration) = (null, null));
        await using MuxedStream stream = await source.OpenStreamAsync(Through(relay, destination), Echo).InTime();
        Assert.That(stream.Connection.Limit, Is.Null);
    }

    [Test]
    public async Task A_circuit_cut_by_the_data_limit_ends_in_an_error_and_not_in_an_end_of_stream()
    {
        (RelayNode relay, RelayNode destination, RelayNode source) = await StartThreeAsync(config => config.MaxData = 64 << 10);
        await using MuxedStream stream = await source.OpenStreamAsync(Through(relay, destination), Echo, allowLimited: true).InTime();
        Task writing = stream.WriteAsync(new byte[256 << 10]).AsTask();
        Assert.CatchAsync<IOException>(() => stream.CopyToAsync(Stream.Null).InTime());
        Assert.CatchAsync<IOException>(() => writing.InTime());
        await Eventually.EqualsAsync(0, () => relay.Counts.Circuits, "the circuits of the relay");
        await Eventually.TrueAsync(() => !destination.Connections.Any(c => c.IsRelayed), "the destination has seen the end");
        Assert.That(relay.Counts.Reservations, Is.EqualTo(1), "the reservation outlives the circuit");
    }

    [Test]
    public async Task A_peer_without_a_reservation_is_not_reached()
    {
        RelayNode relay = await StartOpenRelayAsync();
        RelayNode nobody = await StartPeerAsync();
        RelayNode source = await StartPeerAsync();
        RelayException? error = Assert.ThrowsAsync<RelayException>(() => source.DialAsync(Through(relay, nobody)).InTime());
        Assert.That(error!.Status, Is.EqualTo(Status.NoReservation));
    }

    [Test]
    public async Task An_address_through_two_relays_is_not_dialed()
    {
        RelayNode relay = await StartOpenRelayAsync();
        RelayNode source = await StartPeerAsync();
        Multiaddress twice = Through(relay, source).Encapsulate(Multiaddress.Parse($"/p2p-circuit/p2p/{relay.PeerId}"));
        Assert.That(Assert.ThrowsAsync<DialException>(() => source.DialAsync(twice).InTime())!.Reason, Is.EqualTo(DialError.UnsupportedAddress));
    }

    [Test]
    public async Task A_circuit_ends_with_the_connection_of_either_end_to_the_relay([Values] bool ofSource)
    {
        (RelayNode relay, RelayNode destination, RelayNode source) = await StartThreeAsync();
        Connection circuit = await source.DialAsync(Through(relay, destination)).InTime();
        Connection toRelay = (ofSource ? source : destination).Connections.Single(c => !c.IsRelayed);
        toRelay.Abort();
        await circuit.Closed.InTime();
        await Eventually.EqualsAsync(0, () => relay.Counts.Circuits, "the circuits of the relay");
    }

    [Test]
    public async Task The_connection_to_a_relay_that_was_dialed_through_ends_with_the_last_circuit_over_it()
    {
        (RelayNode relay, RelayNode destination, RelayNode source) = await StartThreeAsync();
        Connection circuit = await source.DialAsync(Through(relay, destination)).InTime();
        Connection toRelay = source.Connections.Single(connection => !connection.IsRelayed);
        RelayNode nobody = await StartPeerAsync();
        Assert.ThrowsAsync<RelayException>(() => source.DialAsync(Through(relay, nobody)).InTime());
        Assert.That(toRelay.Closed.IsCompleted, Is.False, "it is still needed");

        await circuit.CloseAsync().InTime();

        await toRelay.Closed.InTime();
        await Eventually.EqualsAsync(0, () => source.Connections.Count, "the connections of the source");
    }

    [Test]
    public async Task A_circuit_that_is_refused_leaves_no_connection_to_its_relay()
    {
        RelayNode relay = await StartOpenRelayAsync();
        RelayNode nobody = await StartPeerAsync();
        RelayNode source = await StartPeerAsync();
        Assert.ThrowsAsync<RelayException>(() => source.DialAsync(Through(relay, nobody)).InTime());
        await Eventually.EqualsAsync(0, () => source.Connections.Count, "the connections of the source");
    }

    [Test]
    public async Task A_closed_connection_frees_its_circuit()
    {
        (RelayNode relay, RelayNode destination, RelayNode source) = await StartThreeAsync();
        Connection circuit = await source.DialAsync(Through(relay, destination)).InTime();
        await circuit.CloseAsync().InTime();
        await Eventually.EqualsAsync(0, () => relay.Counts.Circuits, "the circuits of the relay");
        await Eventually.TrueAsync(() => !destination.Connections.Any(c => c.IsRelayed), "the destination has seen the end");
    }
}
