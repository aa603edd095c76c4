using Relay.Libp2p;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Tests.Nodes;

/// <summary>Nodes that seek relays, over real sockets: with the relay service switched off, and serving as relays themselves.</summary>
[TestFixture(false)]
[TestFixture(true)]
internal abstract class AutoRelayTest(bool peersServe) : NodeTest
{
    protected const string Echo = "/test/echo/1.0.0";

    protected override bool PeersServe => peersServe;

    /// <summary>A node that is to be reached through these relays and by nothing else: it listens nowhere others could know of. Retries quickly.</summary>
    protected Task<RelayNode> StartSeekerAsync(IEnumerable<Multiaddress> relays, int wanted = 1, Action<Config>? configure = null, Action<NodeBuilder>? supply = null) =>
        StartPeerAsync(
            config =>
            {
                config.Connection.Reachability = Reachability.Private;
                AutoRelayConfig autoRelay = config.Connection.AutoRelay;
                autoRelay.StaticRelays = [.. relays.Select(static relay => relay.ToString())];
                autoRelay.WantedRelays = wanted;
                autoRelay.RetryBackOff = TimeSpan.FromMilliseconds(200);
                autoRelay.MaxRetryBackOff = TimeSpan.FromSeconds(1);
                configure?.Invoke(config);
            },
            supply);

    protected static Task HoldsAsync(RelayNode node, params RelayNode[] relays) => Eventually.TrueAsync(
        () => node.Relays.Known.Where(known => known.State == RelayState.Reserved).Select(known => known.Relay).ToHashSet()
            .SetEquals(relays.Select(relay => relay.PeerId)),
        $"what {node.PeerId} holds");

    protected static void ServeEcho(RelayNode node) => node.Handle(Echo, async stream =>
    {
        await stream.CopyToAsync(stream);
        await stream.CloseWriteAsync();
    });

    /// <summary>Dials, has a few bytes echoed, and closes the connection.</summary>
    protected static async Task ReachesAsync(RelayNode source, Multiaddress address)
    {
        await using MuxedStream stream = await source.OpenStreamAsync(address, Echo, allowLimited: true).InTime();
        await stream.WriteAsync("hello"u8.ToArray()).InTime();
        await stream.CloseWriteAsync().InTime();
        var received = new MemoryStream();
        await stream.CopyToAsync(received).InTime();
        Assert.That(received.ToArray(), Is.EqualTo("hello"u8.ToArray()));
        await stream.Connection.CloseAsync().InTime();
    }

    /// <summary>A relay that another one takes the place of later: its identity and its port are known.</summary>
    protected async Task<RelayNode> StartRelayAgainAsync(IdentityKey identity, int port, Action<RelayServiceConfig>? configure = null)
    {
        Config config = CreateConfig(relay =>
        {
            relay.NetworkOnly = false;
            configure?.Invoke(relay);
        });
        config.ListenAddresses = [$"/ip4/127.0.0.1/tcp/{port}"];
        return await StartAsync(config, builder => builder.WithIdentity(identity));
    }
}
