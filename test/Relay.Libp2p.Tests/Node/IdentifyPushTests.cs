using Relay.Libp2p.Identify;
using Relay.Multiformats;

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
    public void While_a_push_runs_another_waits_and_any_more_are_the_same()
    {
        var gate = new PushGate();
        Assert.That((gate.TryBegin(), gate.TryBegin(), gate.TryBegin()), Is.EqualTo((true, false, false)));
        Assert.That((gate.TryEnd(), gate.TryEnd()), Is.EqualTo((false, true)), "once more, and then it is over");
        Assert.That((gate.TryBegin(), gate.TryEnd()), Is.EqualTo((true, true)));
    }
}
