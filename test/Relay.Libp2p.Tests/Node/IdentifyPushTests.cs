using System.Text;
using Microsoft.Extensions.Logging;
using Relay.Libp2p.Identify;
using Relay.Libp2p.Tests.Scripting;
using Relay.Libp2p.Yamux;
using Relay.Multiformats;
using Relay.TestKit.Wire;

namespace Relay.Libp2p.Tests.Node;

/// <summary>What changes about a node reaches those who are connected.</summary>
[TestFixture]
internal sealed class IdentifyPushTests
{
    private static Multiaddress Behind(int port) => Multiaddress.Parse($"/ip4/192.0.2.1/tcp/{port}/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA/p2p-circuit");

    private static Task KnowsAsync(Connection connection, params Multiaddress[] addresses) => Eventually.TrueAsync(
        () => connection.RemoteIdentity?.ListenAddresses.Where(address => address.IsCircuit).SequenceEqual(addresses) == true, "what the peer knows");

    [Test]
    public async Task Addresses_that_are_also_advertised_are_told_beside_the_nodes_own_and_taken_back()
    {
        await using NodePair pair = await NodePair.ConnectAsync();
        await KnowsAsync(pair.Connection);

        pair.Listener.AdvertiseAlso([Behind(1), Behind(2)]);

        await KnowsAsync(pair.Connection, Behind(1), Behind(2));
        Assert.That(pair.Connection.RemoteIdentity!.ListenAddresses, Does.Contain(pair.Listener.AdvertisedAddresses[0]));
        Assert.That(pair.Listener.AdvertisedAddresses, Has.None.Matches<Multiaddress>(address => address.IsCircuit), "a relay must not pass them on");
        pair.Listener.AdvertiseAlso([]);
        await KnowsAsync(pair.Connection);
    }

    [Test]
    public async Task The_same_again_is_no_change()
    {
        await using NodePair pair = await NodePair.ConnectAsync();
        pair.Listener.AdvertiseAlso([Behind(1)]);
        await KnowsAsync(pair.Connection, Behind(1));
        PeerIdentity? known = pair.Connection.RemoteIdentity;
        pair.Listener.AdvertiseAlso([Behind(1)]);
        await pair.Dialer.PingAsync(pair.Listener.PeerId);
        Assert.That(pair.Connection.RemoteIdentity, Is.SameAs(known));
    }

    [Test]
    public async Task Of_many_changes_the_last_one_is_what_is_known_in_the_end()
    {
        await using NodePair pair = await NodePair.ConnectAsync();
        await KnowsAsync(pair.Connection);
        for (int i = 1; i <= 500; i++)
        {
            pair.Listener.AdvertiseAlso([Behind(i)]);
            if (i % 50 == 0)
                await Task.Yield();
        }

        await KnowsAsync(pair.Connection, Behind(500));
        await Eventually.EqualsAsync(0, () => pair.Listener.Connections[0].StreamCount, "the pushes under way");
        await KnowsAsync(pair.Connection, Behind(500));
    }

    [Test]
    public async Task A_change_while_two_nodes_are_still_getting_to_know_each_other_is_not_missed([Range(1, 20)] int round)
    {
        await using NodePair pair = await NodePair.ConnectAsync();
        for (int i = 0; i < round; i++)
            await Task.Yield();
        pair.Listener.AdvertiseAlso([Behind(round)]);
        pair.Dialer.AdvertiseAlso([Behind(round + 100)]);

        await KnowsAsync(pair.Connection, Behind(round));
        await KnowsAsync(pair.Listener.Connections.Single(), Behind(round + 100));
    }

    [Test]
    public async Task A_push_of_what_has_changed_that_overtakes_the_answer_to_identify_does_not_replace_it()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using BarePeer peer = await BarePeer.DialAsync(node.Node);
        YamuxStream asked = await peer.AcceptAsync(IdentifyProtocol.Id);
        YamuxStream push = await peer.OpenAsync(IdentifyProtocol.PushId);
        await push.WriteAsync(new RawMessage().With(2, Behind(1).ToByteArray()).ToFrame());
        await push.CloseWriteAsync();
        Connection nodesEnd = node.Node.Connections.Single();
        await KnowsAsync(nodesEnd, Behind(1));

        await asked.WriteAsync(new RawMessage().With(2, Behind(2).ToByteArray()).With(3, "/served/1"u8.ToArray()).ToFrame());
        await asked.CloseWriteAsync();

        await Eventually.TrueAsync(() => nodesEnd.RemoteIdentity!.Protocols.Contains("/served/1"), "the protocols");
        await KnowsAsync(nodesEnd, Behind(1));
    }

    // A peer that takes pushes, of a node whose clock stands still; and the addresses behind relays of the push that comes next.
    private static async Task<(NodeUnderTest Node, BarePeer Peer)> MeetAsync(ManualTimeProvider time)
    {
        NodeUnderTest node = await NodeUnderTest.StartAsync(time: time);
        BarePeer peer = await BarePeer.DialAsync(node.Node);
        YamuxStream asked = await peer.AcceptAsync(IdentifyProtocol.Id);
        await asked.WriteAsync(new RawMessage().With(3, Encoding.UTF8.GetBytes(IdentifyProtocol.PushId)).ToFrame());
        await asked.CloseWriteAsync();
        await Eventually.TrueAsync(() => node.Node.Connections.Single().RemoteIdentity is not null, "an identity");
        return (node, peer);
    }

    private static async Task TakePushAsync(BarePeer peer, params Multiaddress[] expected)
    {
        await using YamuxStream push = await peer.AcceptAsync(IdentifyProtocol.PushId);
        PeerIdentity told = await IdentifyProtocol.ReceiveAsync(push, peer.Connection.RemotePeer, CancellationToken.None);
        Assert.That(told.ListenAddresses.Where(address => address.IsCircuit), Is.EqualTo(expected));
        await push.CloseWriteAsync();
    }

    [Test]
    public async Task A_push_that_fails_is_repeated_after_a_while_with_what_is_true_then()
    {
        var time = new ManualTimeProvider();
        (NodeUnderTest node, BarePeer peer) = await MeetAsync(time);
        node.Node.AdvertiseAlso([Behind(1)]);
        foreach (TimeSpan pause in Libp2pNode.PushPauses)
        {
            (await peer.AcceptAsync(IdentifyProtocol.PushId)).Reset();
            await time.TimerIsArmedAsync(pause);
            time.Advance(pause);
        }

        await TakePushAsync(peer, Behind(1));
        await Eventually.EqualsAsync(0, () => peer.Connection.StreamCount, "streams");
        node.Node.AdvertiseAlso([Behind(2)]);
        (await peer.AcceptAsync(IdentifyProtocol.PushId)).Reset();
        await time.TimerIsArmedAsync(Libp2pNode.PushPauses[0]);
        node.Node.AdvertiseAlso([Behind(3)]);
        time.Advance(Libp2pNode.PushPauses[0]);
        await TakePushAsync(peer, Behind(3));
        await peer.DisposeAsync();
        await node.DisposeAsync();
    }

    [Test]
    public async Task A_peer_that_refuses_every_push_is_left_alone_until_something_changes()
    {
        var time = new ManualTimeProvider();
        (NodeUnderTest node, BarePeer peer) = await MeetAsync(time);
        int timers = time.ActiveTimers;
        node.Node.AdvertiseAlso([Behind(1)]);
        foreach (TimeSpan pause in Libp2pNode.PushPauses)
        {
            (await peer.AcceptAsync(IdentifyProtocol.PushId)).Reset();
            await time.TimerIsArmedAsync(pause);
            time.Advance(pause);
        }

        (await peer.AcceptAsync(IdentifyProtocol.PushId)).Reset();
        await Eventually.EqualsAsync(timers, () => time.ActiveTimers, "timers: none waits for another try");

        node.Node.AdvertiseAlso([Behind(2)]);
        await TakePushAsync(peer, Behind(2));
        await peer.DisposeAsync();
        await node.DisposeAsync();
    }

    [Test]
    public async Task A_push_that_waits_to_be_repeated_ends_with_its_connection()
    {
        var time = new ManualTimeProvider();
        (NodeUnderTest node, BarePeer peer) = await MeetAsync(time);
        node.Node.AdvertiseAlso([Behind(1)]);
        (await peer.AcceptAsync(IdentifyProtocol.PushId)).Reset();
        await time.TimerIsArmedAsync(Libp2pNode.PushPauses[0]);

        await peer.DisposeAsync();
        await Eventually.EqualsAsync(1, () => node.Node.Counts.Tasks, "what runs: only who accepts");
        await node.DisposeAsync();
    }

    [Test]
    public async Task An_address_by_way_of_a_relay_is_told_before_one_that_only_the_neighbours_reach()
    {
        await using NodePair pair = await NodePair.ConnectAsync();
        pair.Listener.AdvertiseAlso([Behind(1), Behind(2)]);
        await KnowsAsync(pair.Connection, Behind(1), Behind(2));
        Assert.That(pair.Connection.RemoteIdentity!.ListenAddresses, Is.EqualTo([Behind(1), Behind(2), .. pair.Listener.AdvertisedAddresses]));
    }

    [Test]
    public void Of_addresses_the_public_ones_come_first_and_then_those_by_way_of_others()
    {
        Multiaddress[] own = [.. ((string[])["/ip4/192.168.1.2/tcp/1", "/ip4/198.51.100.1/tcp/1", "/ip4/127.0.0.1/tcp/1", "/dns4/example.com/tcp/1"]).Select(Multiaddress.Parse)];
        Assert.That(AddressScope.ByWorth(own, [Behind(1)]), Is.EqualTo(new[] { own[1], own[3], Behind(1), own[0], own[2] }));
    }

    [Test]
    public async Task A_push_that_nobody_expected_to_fail_does_not_close_the_way_for_the_next()
    {
        var time = new FaultyTimeProvider();
        var log = new RecordingLogger();
        var options = new Libp2pOptions { ListenAddresses = [NodeUnderTest.Loopback] };
        await using var node = new Libp2pNode(options, IdentityKey.Generate(), time, log);
        await node.StartAsync();
        await using BarePeer peer = await BarePeer.DialAsync(node);
        YamuxStream asked = await peer.AcceptAsync(IdentifyProtocol.Id);
        await asked.WriteAsync(new RawMessage().With(3, Encoding.UTF8.GetBytes(IdentifyProtocol.PushId)).ToFrame());
        await asked.CloseWriteAsync();
        await Eventually.TrueAsync(() => node.Connections.Single().RemoteIdentity is not null, "an identity");
        await Eventually.EqualsAsync(0, () => peer.Connection.StreamCount, "streams");

        time.FailsOnce = true;
        node.AdvertiseAlso([Behind(1)]);
        Assert.That(log.AtLeast(LogLevel.Warning).Single().Exception, Is.InstanceOf<InvalidTimeZoneException>());
        await time.Inner.TimerIsArmedAsync(Libp2pNode.PushPauses[0]);
        time.Inner.Advance(Libp2pNode.PushPauses[0]);
        await TakePushAsync(peer, Behind(1));
    }

    /// <summary>A clock that fails once where nobody expects it.</summary>
    private sealed class FaultyTimeProvider : TimeProvider
    {
        public ManualTimeProvider Inner { get; } = new();

        public bool FailsOnce { get; set; }

        public override long TimestampFrequency => Inner.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => Inner.GetUtcNow();

        public override long GetTimestamp() => Inner.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (!FailsOnce)
                return Inner.CreateTimer(callback, state, dueTime, period);
            FailsOnce = false;
            throw new InvalidTimeZoneException("The clock is broken.");
        }
    }

    [Test]
    public void While_a_push_runs_another_waits_and_any_more_are_the_same()
    {
        var gate = new PushGate();
        Assert.That((gate.TryBegin(), gate.TryBegin(), gate.TryBegin()), Is.EqualTo((true, false, false)));
        Assert.That((gate.TryEnd(), gate.TryEnd()), Is.EqualTo((false, true)), "once more, and then it is over");
        Assert.That((gate.TryBegin(), gate.TryEnd()), Is.EqualTo((true, true)));
    }
}
