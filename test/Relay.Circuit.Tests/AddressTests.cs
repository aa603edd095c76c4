using Relay.Multiformats;
using Relay.TestKit.Network;
using Relay.TestKit.Wire;

namespace Relay.Circuit.Tests;

/// <summary>The addresses a reservation tells.</summary>
[TestFixture]
internal sealed class AddressTests : InMemoryRelayFixture
{
    [Test]
    public async Task They_carry_the_relays_id_and_neither_another_peers_nor_a_circuit()
    {
        StartRelay();
        PeerId other = TestPeers.Key(9).PeerId;
        PeerId relay = RelayHost.LocalPeer;
        Advertise(
            "/ip4/192.0.2.1/tcp/4001",
            $"/dns4/relay.example.org/tcp/443/p2p/{relay}",
            $"/ip4/192.0.2.1/tcp/4002/p2p/{other}",
            $"/ip4/192.0.2.1/tcp/4001/p2p/{other}/p2p-circuit",
            $"/ip4/192.0.2.1/tcp/4001/p2p/{other}/p2p-circuit/p2p/{relay}");

        string[] expected = [$"/ip4/192.0.2.1/tcp/4001/p2p/{relay}", $"/dns4/relay.example.org/tcp/443/p2p/{relay}"];
        Assert.That(await AddressesAsync(), Is.EqualTo(expected));
    }

    [Test]
    public async Task There_may_be_none_and_they_are_those_of_the_moment()
    {
        StartRelay();
        Advertise();
        Assert.That(await AddressesAsync(), Is.Empty);

        Advertise("/ip4/192.0.2.7/tcp/4001");
        Assert.That(await AddressesAsync(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Those_that_would_make_the_answer_too_long_are_left_out()
    {
        StartRelay();
        Advertise([.. Enumerable.Range(1, 200).Select(port => $"/ip4/192.0.2.1/tcp/{port}")]);

        RawMessage answer = await ReserveAsync(await AddPeerAsync());

        int length = answer.ToBytes().Length;
        int oneMore = answer.Message(3)!.AllBytes(2)[0].Length + 2;
        Assert.That(length, Is.LessThanOrEqualTo(4096).And.GreaterThan(4096 - oneMore));
        Assert.That(Multiaddress.FromBytes(answer.Message(3)!.AllBytes(2)[0]).ToString(), Does.StartWith("/ip4/192.0.2.1/tcp/1/"));
    }

    private void Advertise(params string[] addresses) => RelayHost.AdvertisedAddresses = [.. addresses.Select(Multiaddress.Parse)];

    private async Task<List<string>> AddressesAsync()
    {
        InMemoryHost peer = await AddPeerAsync();
        return [.. (await ReserveAsync(peer)).Message(3)!.AllBytes(2).Select(bytes => Multiaddress.FromBytes(bytes).ToString())];
    }
}
