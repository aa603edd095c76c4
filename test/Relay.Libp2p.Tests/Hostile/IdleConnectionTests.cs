using System.Net.Sockets;
using Relay.Libp2p.Ping;
using Relay.Libp2p.Tests.Scripting;
using Relay.Libp2p.Yamux;
using Relay.Multiformats;

namespace Relay.Libp2p.Tests.Hostile;

/// <summary>Strangers who come and do nothing keep nobody out, and nobody who does something is closed for their sake.</summary>
[CancelAfter(120_000)]
public class IdleConnectionTests
{
    private const string Work = "/test/work";

    private static readonly TimeSpan Grace = new Libp2pOptions().IdleGrace;

    private readonly List<BarePeer> _peers = [];
    private readonly List<NetworkStream> _refused = [];
    private ManualTimeProvider _time = null!;
    private NodeUnderTest _node = null!;

    private Libp2pNode Node => _node.Node;

    private async Task StartAsync(Libp2pOptions options)
    {
        _time = new ManualTimeProvider();
        _node = await NodeUnderTest.StartAsync(options, _time);
        Node.Handle(Work, stream => stream.CopyToAsync(Stream.Null));
    }

    [TearDown]
    public async Task StopAsync()
    {
        foreach (NetworkStream stream in _refused)
            await stream.DisposeAsync();
        _refused.Clear();
        foreach (BarePeer peer in _peers)
            await peer.DisposeAsync();
        _peers.Clear();
        await _node.DisposeAsync();
    }

    // A peer whose connection the node has begun to count as idle at this moment of its clock.
    private async Task<BarePeer> ComeAsync()
    {
        BarePeer peer = await BarePeer.DialAsync(Node);
        _peers.Add(peer);
        await Eventually.TrueAsync(() => Node.Connections.Any(connection => connection.RemotePeer == peer.PeerId), "the node's end");
        return peer;
    }

    private async Task IsRefusedAsync()
    {
        NetworkStream stream = await RawDialer.ConnectAsync(Node);
        _refused.Add(stream);
        await stream.ExpectClosedAsync();
    }

    private async Task<YamuxStream> WorkAsync(BarePeer peer)
    {
        YamuxStream stream = await peer.OpenAsync(Work);
        await Eventually.TrueAsync(() => NodesEndOf(peer).IdleSince is null, "that the connection is in use");
        return stream;
    }

    private Connection NodesEndOf(BarePeer peer) => Node.Connections.Single(connection => connection.RemotePeer == peer.PeerId);

    private Task IsIdleAsync(BarePeer peer) => Eventually.TrueAsync(() => NodesEndOf(peer).IdleSince is not null, "that the connection is idle");

    private Task HasAsync(params BarePeer[] peers) => Eventually.TrueAsync(
        () => Node.Connections.Select(connection => connection.RemotePeer).ToHashSet().SetEquals(peers.Select(peer => peer.PeerId)), "the peers that are connected");

    [Test]
    public async Task At_the_limit_nobody_gives_way_and_one_over_it_the_longest_idle_does()
    {
        await StartAsync(new Libp2pOptions { MaxConnections = 3 });
        BarePeer first = await ComeAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        BarePeer second = await ComeAsync();
        _time.Advance(Grace);
        BarePeer third = await ComeAsync();
        await HasAsync(first, second, third);

        BarePeer fourth = await ComeAsync();

        await first.Connection.Closed.InTime();
        await HasAsync(second, third, fourth);
        await using YamuxStream stream = await fourth.OpenAsync(PingProtocol.Id);
    }

    [Test]
    public async Task Nobody_gives_way_a_moment_before_the_grace_is_over()
    {
        await StartAsync(new Libp2pOptions { MaxConnections = 1 });
        BarePeer stranger = await ComeAsync();
        _time.Advance(Grace - TimeSpan.FromTicks(1));
        await IsRefusedAsync();
        await IsRefusedAsync();
        _time.Advance(TimeSpan.FromTicks(1));
        BarePeer newcomer = await ComeAsync();
        await stranger.Connection.Closed.InTime();
        await HasAsync(newcomer);
    }

    [Test]
    public async Task Idle_is_counted_from_the_end_of_the_last_use()
    {
        await StartAsync(new Libp2pOptions { MaxConnections = 2 });
        BarePeer first = await ComeAsync();
        BarePeer second = await ComeAsync();
        _time.Advance(Grace);
        await using (YamuxStream stream = await WorkAsync(first))
        {
            await stream.CloseWriteAsync();
            await stream.ExpectClosedAsync();
        }

        await IsIdleAsync(first);
        await ComeAsync();
        await second.Connection.Closed.InTime();
        await IsRefusedAsync();
    }

    [TestCase("an open stream")]
    [TestCase("a protection")]
    [TestCase("a condition")]
    [TestCase("a loan")]
    public async Task Who_is_in_use_or_protected_stays_however_long_until_that_is_over(string why)
    {
        await StartAsync(new Libp2pOptions { MaxConnections = 1 });
        BarePeer peer = await ComeAsync();
        IDisposable reason = why switch
        {
            "an open stream" => await WorkAsync(peer),
            "a protection" => Node.Protect(peer.PeerId),
            "a loan" => await Node.BorrowAsync(Multiaddress.Parse("/ip4/127.0.0.1/tcp/1").WithPeerId(peer.PeerId)).InTime(),
            _ => Node.ProtectWhere(id => id == peer.PeerId),
        };
        for (int i = 0; i < 8; i++)
        {
            _time.Advance(Grace / 2); // a step that the keep-alive survives
            await using YamuxStream sign = await peer.OpenAsync(PingProtocol.Id);
        }

        await IsRefusedAsync();
        reason.Dispose();
        await IsIdleAsync(peer);
        _time.Advance(Grace);
        await ComeAsync();
        await peer.Connection.Closed.InTime();
    }

    [Test]
    public async Task Two_protections_of_a_peer_end_with_the_second()
    {
        await StartAsync(new Libp2pOptions { MaxConnections = 1 });
        BarePeer peer = await ComeAsync();
        IDisposable first = Node.Protect(peer.PeerId), second = Node.Protect(peer.PeerId);
        _time.Advance(Grace);
        first.Dispose();
        first.Dispose();
        await IsRefusedAsync();
        second.Dispose();
        _time.Advance(TimeSpan.FromSeconds(1)); // after it was looked in vain
        await ComeAsync();
        await peer.Connection.Closed.InTime();
    }

    [Test]
    public async Task Pings_and_identify_are_no_use()
    {
        await StartAsync(new Libp2pOptions { MaxConnections = 2 });
        BarePeer stranger = await ComeAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        BarePeer other = await ComeAsync();
        _time.Advance(Grace);
        await using YamuxStream ping = await stranger.OpenAsync(PingProtocol.Id);
        await using YamuxStream identify = await stranger.OpenAsync("/ipfs/id/1.0.0");

        BarePeer newcomer = await ComeAsync();
        await stranger.Connection.Closed.InTime();
        await HasAsync(other, newcomer);
    }

    [Test]
    public async Task A_connection_the_node_dialed_stays_and_a_dial_makes_room_for_itself()
    {
        await StartAsync(new Libp2pOptions { MaxConnections = 2 });
        (BarePeer dialed, _) = await BarePeer.DialedByAsync(Node);
        _peers.Add(dialed);
        BarePeer stranger = await ComeAsync();
        _time.Advance(Grace);

        await using NodeUnderTest other = await NodeUnderTest.StartAsync();
        Connection connection = await Node.DialAsync(other.Address).InTime();
        await stranger.Connection.Closed.InTime();
        Assert.That(Assert.ThrowsAsync<DialException>(() => Node.DialAsync(other.Address.WithoutPeerId()!).InTime())!.Reason, Is.EqualTo(DialError.TooManyConnections));
        await connection.CloseAsync().InTime();
    }

    [Test]
    public async Task Sockets_that_say_nothing_take_one_anothers_places_and_not_those_of_peers()
    {
        await StartAsync(new Libp2pOptions { MaxConnections = 3, MaxPendingHandshakes = 1 });
        BarePeer first = await ComeAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        BarePeer second = await ComeAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        BarePeer third = await ComeAsync();
        _time.Advance(Grace);
        for (int i = 0; i < 10; i++)
        {
            NetworkStream socket = await RawDialer.ConnectAsync(Node);
            _refused.Add(socket);
            await socket.SayAsync(MultistreamScript.Header);
            Assert.That(await socket.HearAsync(), Is.EqualTo(MultistreamScript.Header));
        }

        await first.Connection.Closed.InTime();
        await HasAsync(second, third);
    }

    [Test]
    public async Task A_node_full_of_strangers_takes_as_many_newcomers_as_come()
    {
        await StartAsync(new Libp2pOptions { MaxConnections = 8 });
        for (int i = 0; i < 40; i++)
        {
            BarePeer newcomer = await ComeAsync();
            await using YamuxStream stream = await newcomer.OpenAsync(PingProtocol.Id);
            await Eventually.EqualsAsync(Math.Min(i + 1, 8), () => Node.Connections.Count, "connections");
            _time.Advance(Grace / 2);
        }
    }
}
