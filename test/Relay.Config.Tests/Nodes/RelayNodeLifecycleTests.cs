using System.Net;
using System.Net.Sockets;
using Relay.Circuit;
using Relay.Libp2p;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Tests.Nodes;

[TestFixture]
internal sealed class RelayNodeLifecycleTests : NodeTest
{
    [Test]
    public async Task A_node_can_be_stopped_and_started_again_and_serves()
    {
        RelayNode relay = await StartOpenRelayAsync();
        RelayNode peer = await StartPeerAsync();
        await peer.Relays.ReserveAsync(relay.ListenAddresses[0]).InTime();

        await relay.StopAsync().InTime();
        Assert.That((relay.ListenAddresses, relay.Counts), Is.EqualTo((Array.Empty<Multiaddress>(), default(RelayNodeCounts))));

        await Eventually.EqualsAsync(0, () => peer.Connections.Count, "the peer's connections, the end of which it has to hear of");
        await relay.StartAsync().InTime();
        await peer.Relays.ReserveAsync(relay.ListenAddresses[0]).InTime();
        Assert.That(relay.Counts.Reservations, Is.EqualTo(1));
    }

    [Test]
    public async Task Handlers_can_stop_and_drain_and_dispose_the_node_all_at_once()
    {
        var time = new ManualTimeProvider(); // nobody moves it: whoever waited for the patience of a stop would wait for ever
        RelayNode relay = await StartAsync(CreateConfig(config => config.NetworkOnly = false), builder => builder.WithTimeProvider(time));
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        List<Task> ends = [];
        foreach ((string protocol, Func<Task> end) in new (string, Func<Task>)[]
        {
            ("/test/stop", () => relay.StopAsync()),
            ("/test/drain", () => relay.DrainAsync(TimeSpan.Zero)),
            ("/test/dispose", () => relay.DisposeAsync().AsTask()),
        })
        {
            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            ends.Add(ended.Task);
            relay.Handle(protocol, async (stream, _) =>
            {
                await go.Task;
                await end();
                ended.SetResult();
            });
            await (await StartPeerAsync()).OpenStreamAsync(relay.ListenAddresses[0], protocol).InTime();
        }

        go.SetResult();
        await Task.WhenAll(ends).InTime();
        Assert.That(relay.Counts, Is.EqualTo(default(RelayNodeCounts)));
    }

    [Test]
    public async Task Starting_stopping_and_disposing_twice_does_nothing_more()
    {
        RelayNode relay = await StartOpenRelayAsync();
        await relay.StartAsync().InTime();
        await relay.StopAsync().InTime();
        await relay.StopAsync().InTime();
        await relay.DisposeAsync().AsTask().InTime();
        await relay.DisposeAsync().AsTask().InTime();
        Assert.ThrowsAsync<ObjectDisposedException>(() => relay.StartAsync());
    }

    [Test]
    public async Task Starts_stops_and_disposes_at_once_end_and_leave_nothing()
    {
        RelayNode relay = Build(CreateConfig(config => config.NetworkOnly = false));
        Task[] calls = [.. Enumerable.Range(0, 24).Select(i => Task.Run(() => (i % 3) switch
        {
            0 => relay.StartAsync(),
            1 => relay.StopAsync(),
            _ => i < 20 ? relay.StopAsync() : relay.DisposeAsync().AsTask(),
        }))];
        try
        {
            await Task.WhenAll(calls).InTime();
        }
        catch (ObjectDisposedException)
        {
            // A start that came after the dispose.
        }

        await relay.DisposeAsync().AsTask().InTime();
        Assert.That((relay.ListenAddresses, relay.Counts), Is.EqualTo((Array.Empty<Multiaddress>(), default(RelayNodeCounts))));
    }

    [Test]
    public async Task A_port_that_is_taken_is_said_and_leaves_nothing_behind()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        Config config = CreateConfig(relay => relay.NetworkOnly = false);
        config.ListenAddresses.Add($"/ip4/127.0.0.1/tcp/{((IPEndPoint)taken.LocalEndpoint).Port}");
        RelayNode relay = Build(config);

        ListenException? error = Assert.ThrowsAsync<ListenException>(() => relay.StartAsync().InTime());
        Assert.That(error!.Address.ToString(), Is.EqualTo(config.ListenAddresses[1]));
        Assert.That(relay.ListenAddresses, Is.Empty);

        taken.Stop();
        await relay.StartAsync().InTime();
        Assert.That(relay.ListenAddresses, Has.Count.EqualTo(2), "the node starts once the port is free");
    }

    [Test]
    public void An_address_that_is_not_this_machines_is_said()
    {
        Config config = CreateConfig(relay => relay.Disabled = true);
        config.ListenAddresses[0] = "/ip4/192.0.2.1/tcp/0";
        Assert.ThrowsAsync<ListenException>(() => Build(config).StartAsync().InTime());
    }

    [Test]
    public async Task A_disabled_relay_does_not_speak_hop()
    {
        RelayNode notRelay = await StartPeerAsync();
        RelayNode peer = await StartPeerAsync();
        RelayException? error = Assert.ThrowsAsync<RelayException>(() => peer.Relays.ReserveAsync(notRelay.ListenAddresses[0]).InTime());
        Assert.That(error!.Reason, Is.EqualTo(RelayError.ProtocolNotSupported));
    }

    [Test]
    public async Task A_node_listens_on_several_addresses_and_on_names()
    {
        Config config = CreateConfig(relay => relay.NetworkOnly = false);
        config.ListenAddresses.Add("/dns4/localhost/tcp/0");
        if (Socket.OSSupportsIPv6)
            config.ListenAddresses.Add("/ip6/::1/tcp/0");
        RelayNode relay = await StartAsync(config);
        Assert.That(relay.ListenAddresses, Has.Count.EqualTo(config.ListenAddresses.Count));
        foreach (Multiaddress address in relay.ListenAddresses)
            await (await StartPeerAsync()).Relays.ReserveAsync(address).InTime();

        int port = ((Func<Multiaddress, int>)(a => a.TryGetEndPoint(out IPEndPoint? endpoint) ? endpoint.Port : 0))(relay.ListenAddresses[1]);
        await (await StartPeerAsync()).Relays.ReserveAsync(Multiaddress.Parse($"/dns4/localhost/tcp/{port}/p2p/{relay.PeerId}")).InTime();
    }

    [Test]
    public async Task A_node_that_listens_nowhere_is_reached_through_a_relay()
    {
        RelayNode relay = await StartOpenRelayAsync();
        RelayNode hidden = await StartPeerAsync(config => config.ListenAddresses = [Config.ListenNowhere]);
        hidden.Handle("/one/1.0.0", stream => stream.CopyToAsync(stream));
        await hidden.Relays.ReserveAsync(relay.ListenAddresses[0]).InTime();
        Assert.That(hidden.ListenAddresses, Is.Empty);
        Assert.That(hidden.AdvertisedAddresses, Is.EqualTo(new[] { Through(relay, hidden) }));

        await using MuxedStream stream = await (await StartPeerAsync()).OpenStreamAsync(Through(relay, hidden), "/one/1.0.0", allowLimited: true).InTime();
        byte[] one = [7];
        await stream.WriteAsync(one);
        await stream.ReadExactlyAsync(one).AsTask().InTime();
        Assert.That(one[0], Is.EqualTo(7));
    }

    [Test]
    public async Task Whoever_asks_too_early_is_told_that_the_node_is_not_started()
    {
        RelayNode relay = await StartOpenRelayAsync();
        RelayNode idle = Build(CreateConfig(config => config.Disabled = true));
        Assert.ThrowsAsync<InvalidOperationException>(() => idle.DialAsync(relay.ListenAddresses[0]));
    }
}
