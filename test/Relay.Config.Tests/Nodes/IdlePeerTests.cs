using Relay.Libp2p;
using Relay.TestKit;

namespace Relay.Tests.Nodes;

/// <summary>A relay full of peers that do nothing: who holds a reservation or has a circuit stays, the others make room.</summary>
[TestFixture]
internal sealed class IdlePeerTests : NodeTest
{
    private const string Echo = "/test/echo/1.0.0";

    private readonly ManualTimeProvider _time = new();

    private Task<RelayNode> StartRelayAsync(int maxConnections)
    {
        Config config = CreateConfig(relay => relay.NetworkOnly = false);
        config.Connection.MaxConnections = maxConnections;
        _time.JumpWallClock(DateTimeOffset.UtcNow - _time.GetUtcNow()); // the peers' clocks go by themselves
        return StartAsync(config, builder => builder.WithTimeProvider(_time));
    }

    private static Task ConnectedAsync(RelayNode relay, params RelayNode[] peers) => Eventually.TrueAsync(
        () => relay.Connections.Select(connection => connection.RemotePeer).ToHashSet().SetEquals(peers.Select(peer => peer.PeerId)), "the peers of the relay");

    [Test]
    public async Task Peers_with_a_reservation_or_a_circuit_stay_and_a_stranger_makes_room()
    {
        RelayNode relay = await StartRelayAsync(maxConnections: 3);
        RelayNode destination = await StartPeerAsync();
        destination.Handle(Echo, stream => stream.CopyToAsync(stream));
        await destination.Relays.ReserveAsync(relay.ListenAddresses[0]).InTime();
        RelayNode source = await StartPeerAsync();
        await using MuxedStream stream = await source.OpenStreamAsync(Through(relay, destination), Echo, allowLimited: true).InTime();
        RelayNode stranger = await StartPeerAsync();
        Connection idle = await stranger.DialAsync(relay.ListenAddresses[0]).InTime();
        await ConnectedAsync(relay, destination, source, stranger);
        _time.Advance(TimeSpan.FromSeconds(20));

        RelayNode newcomer = await StartPeerAsync();
        await newcomer.Relays.ReserveAsync(relay.ListenAddresses[0]).InTime();

        await idle.Closed.InTime();
        await ConnectedAsync(relay, destination, source, newcomer);
        await stream.WriteAsync(new byte[] { 7 });
        Assert.That(await stream.ReadAsync(new byte[1]).AsTask().InTime(), Is.EqualTo(1), "the circuit goes on");

        // Now nobody is idle: one more is one too many.
        _time.Advance(TimeSpan.FromSeconds(20));
        RelayNode late = await StartPeerAsync();
        Assert.CatchAsync<DialException>(() => late.DialAsync(relay.ListenAddresses[0]).InTime());
        Assert.That(relay.Counts.Reservations, Is.EqualTo(2));
    }

    [Test]
    public async Task A_peer_that_the_application_protects_stays()
    {
        RelayNode relay = await StartRelayAsync(maxConnections: 1);
        RelayNode peer = await StartPeerAsync();
        Connection connection = await peer.DialAsync(relay.ListenAddresses[0]).InTime();
        await ConnectedAsync(relay, peer);
        RelayNode other = await StartPeerAsync();
        using (relay.Protect(peer.PeerId))
        {
            _time.Advance(TimeSpan.FromSeconds(20));
            Assert.CatchAsync<DialException>(() => other.DialAsync(relay.ListenAddresses[0]).InTime());
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        await other.DialAsync(relay.ListenAddresses[0]).InTime();
        await connection.Closed.InTime();
    }
}
