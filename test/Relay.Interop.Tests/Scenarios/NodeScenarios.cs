using Relay.Interop.Tests.Peer;

namespace Relay.Interop.Tests.Scenarios;

/// <summary>What js-libp2p must see of a node that relays, apart from the relaying.</summary>
internal static class NodeScenarios
{
    /// <summary>Identify lists hop, or does not, and tells the peer its own address.</summary>
    public static async Task IdentifiesAsync(JsPeer peer, string relay, bool listsHop)
    {
        JsConnection connection = await peer.DialAsync(relay);
        IdentifyReply reply = await peer.IdentifyAsync(connection);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(reply.Peer, Is.EqualTo(connection.RemotePeer));
            Assert.That(reply.Protocols.Contains(Protocols.Hop), Is.EqualTo(listsHop), $"hop among {string.Join(' ', reply.Protocols)}");
            Assert.That(reply.Protocols, Does.Contain("/ipfs/ping/1.0.0").And.Contain("/ipfs/id/1.0.0"));
            Assert.That(reply.ObservedAddr, Does.StartWith("/ip4/127.0.0.1/tcp/"));
            Assert.That(reply.ListenAddrs, Is.Not.Empty);
            Assert.That(reply.SignedAddrs, Is.EqualTo(reply.ListenAddrs));
        }
    }

    /// <summary>Waits until js-libp2p learns, by identify or by its push, that the node serves hop now or does not any more.</summary>
    public static Task LearnsAsync(JsPeer peer, string relayId, bool listsHop) =>
        peer.EventAsync<PeerUpdate>("peer:update", update => update.Peer == relayId && update.Protocols.Contains(Protocols.Hop) == listsHop);

    /// <summary>Waits until js-libp2p learns, by identify or by its push, that the node is reached at an address now, or is not any more.</summary>
    public static Task LearnsAddressAsync(JsPeer peer, string nodeId, string address, bool isReached) => peer.EventAsync<PeerUpdate>(
        "peer:update", update => update.Peer == nodeId && update.Addresses.Any(one => one.StartsWith(address, StringComparison.Ordinal)) == isReached);

    /// <summary>Waits until js-libp2p knows that all its connections have ended, those through circuits too; until then it would use them.</summary>
    public static async Task LosesItsConnectionsAsync(JsPeer peer)
    {
        while ((await peer.ConnectionsAsync()).Count > 0)
            await peer.EventAsync<JsConnection>("connection:close", _ => true);
    }

    /// <summary>The client that comes after a bad one: it reserves, and the old connection still answers.</summary>
    public static async Task StillServesAsync(JsPeer peer, string relay)
    {
        Assert.That((await peer.ReserveAsync(relay)).Status, Is.EqualTo(RelayStatus.Ok));
        await peer.PingAsync(relay);
    }

    private sealed record PeerUpdate(string Peer, IReadOnlyList<string> Protocols, IReadOnlyList<string> Addresses);
}
