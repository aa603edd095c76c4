using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Relay.Libp2p.Ping;
using Relay.Libp2p.Tests.Scripting;
using Relay.Libp2p.Yamux;
using Relay.Multiformats;

namespace Relay.Libp2p.Tests.Node;

/// <summary>A node can be started, stopped and disposed at any time, in any order and all at once; whatever it had is gone then.</summary>
[CancelAfter(120_000)]
public class LifecycleTests
{
    private int? _sockets;

    [SetUp]
    public void CountSockets() => _sockets = OpenSockets.Count();

    [TearDown]
    public async Task No_socket_is_left() => await Eventually.TrueAsync(() => OpenSockets.Count() <= _sockets || _sockets is null, "sockets are closed");

    private static Libp2pNode Create(TimeProvider? time = null, RecordingLogger? log = null, params string[] addresses) =>
        new(new Libp2pOptions { ListenAddresses = [.. addresses.DefaultIfEmpty("/ip4/127.0.0.1/tcp/0").Select(Multiaddress.Parse)] }, IdentityKey.Generate(), time, log);

    private static int PortOf(Libp2pNode node, int index = 0) => node.ListenAddresses[index].TryGetEndPoint(out IPEndPoint? endpoint) ? endpoint.Port : 0;

    [Test]
    public async Task A_node_that_has_stopped_holds_no_socket_no_timer_and_no_task()
    {
        var time = new ManualTimeProvider();
        await using Libp2pNode node = Create(time);
        await node.StartAsync();
        node.Handle("/test/wait", stream => stream.CopyToAsync(Stream.Null));
        await using BarePeer peer = await BarePeer.DialAsync(node);
        await using YamuxStream served = await peer.OpenAsync("/test/wait");
        await using YamuxStream negotiating = peer.Open();
        await negotiating.SayAsync(MultistreamScript.Header);
        await negotiating.HearAsync();
        await using NetworkStream pending = await RawDialer.ConnectAsync(node);
        await pending.SayAsync(MultistreamScript.Header);
        await pending.HearAsync();
        Assert.That(time.ActiveTimers, Is.GreaterThan(3));
        Assert.That(node.Counts, Has.Property("Connections").EqualTo(1).And.Property("PendingHandshakes").EqualTo(1));

        await node.StopAsync().InTime();

        Assert.That((node.Counts, node.ListenAddresses.Count, time.ActiveTimers), Is.EqualTo((default(NodeCounts), 0, 0)));
        await pending.ExpectClosedAsync();
        await peer.Connection.Closed.InTime();
        Assert.That(served.ReadError(), Is.EqualTo(StreamError.ConnectionClosed));
    }

    [Test]
    public async Task Stopping_waits_a_second_for_all_peers_that_do_not_read_together()
    {
        var time = new ManualTimeProvider();
        await using Libp2pNode node = Create(time);
        await node.StartAsync();
        node.Handle("/test/pour", async stream =>
        {
            byte[] bytes = new byte[1 << 20];
            while (true)
                await stream.WriteAsync(bytes);
        });
        List<SecuredPeer> deaf = [];
        for (int i = 0; i < 20; i++)
        {
            deaf.Add(await RawDialer.ConnectSecuredAsync(node));
            await deaf[i].SendAsync(
                RawFrame.Window(1, 0x7fffffff, RawFrame.Syn), RawFrame.Data(1, MultistreamScript.Encode(MultistreamScript.Header, "/test/pour")));
        }

        await Eventually.TrueAsync(() => node.Counts.RentedBuffers >= 20, "batches that no socket takes");
        Task stopping = node.StopAsync();
        int seconds = 0;
        while (!stopping.IsCompleted)
        {
            Task armed = time.TimerIsArmedAsync(TimeSpan.FromSeconds(1));
            _ = armed.ContinueWith(task => task.Exception, TaskScheduler.Default); // nobody waits for it when the node has stopped
            await Task.WhenAny(stopping, armed).InTime();
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.That(++seconds, Is.LessThan(10), "seconds for twenty peers: who is asked a moment after the clock moved has one of its own");
        }

        await stopping.InTime();
        Assert.That((node.Counts, time.ActiveTimers), Is.EqualTo((default(NodeCounts), 0)));
        foreach (SecuredPeer peer in deaf)
            await peer.DisposeAsync();
    }

    [Test]
    public async Task It_starts_again_on_the_port_it_had_with_peers_still_around()
    {
        await using Libp2pNode first = Create();
        await first.StartAsync();
        int port = PortOf(first);
        await first.StopAsync();
        await using Libp2pNode node = Create(addresses: $"/ip4/127.0.0.1/tcp/{port}");
        for (int round = 0; round < 5; round++)
        {
            await node.StartAsync().InTime();
            await using NetworkStream stalling = await RawDialer.ConnectAsync(node);
            await using BarePeer peer = await BarePeer.DialAsync(node);
            await using (YamuxStream stream = await peer.OpenAsync(PingProtocol.Id))
                await stream.CloseWriteAsync();
            await node.StopAsync().InTime();
            Assert.That(node.Counts, Is.EqualTo(default(NodeCounts)));
        }
    }

    [Test]
    public async Task Starts_stops_dials_and_disposes_all_at_once_leave_nothing([Range(1, 8)] int seed)
    {
        var log = new RecordingLogger();
        Libp2pNode node = Create(log: log);
        await using Libp2pNode other = Create();
        await other.StartAsync();
        Multiaddress address = other.ListenAddresses[0];
        var random = new Random(seed);
        Task[] calls = [.. Enumerable.Range(0, 60).Select(i => (i == 50 ? 9 : random.Next(7)) switch
        {
            0 or 1 => Task.Run(() => node.StartAsync()),
            2 => Task.Run(() => node.StopAsync()),
            9 => Task.Run(() => node.DisposeAsync().AsTask()),
            3 => Task.Run(() => node.Handle($"/test/{i}", _ => Task.CompletedTask).Dispose()),
            _ => Task.Run(() => node.DialAsync(address)),
        })];
        foreach (Task call in calls)
        {
            try
            {
                await call.InTime();
            }
            catch (Exception e) when (e is InvalidOperationException or DialException)
            {
                // Not started, stopped or disposed by then, and told so.
            }
        }

        await node.DisposeAsync().InTime();
        Assert.That((node.Counts, node.ListenAddresses.Count), Is.EqualTo((default(NodeCounts), 0)));
        Assert.ThrowsAsync<ObjectDisposedException>(() => node.StartAsync());
        Assert.ThrowsAsync<InvalidOperationException>(() => node.DialAsync(address));
        Assert.That(log.AtLeast(LogLevel.Warning), Is.Empty);
    }

    [Test]
    public async Task Disposing_while_connections_arrive_closes_every_one_of_them([Range(1, 5)] int round)
    {
        Libp2pNode node = Create();
        await node.StartAsync();
        Multiaddress address = node.ListenAddresses[0];
        address.TryGetEndPoint(out IPEndPoint? endpoint);
        Task[] arriving = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 40; i++)
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    await socket.ConnectAsync(endpoint!);
                    await using var stream = new NetworkStream(socket);
                    await stream.ProposeAsync("/noise");
                }
                catch (IOException)
                {
                    return;
                }
                catch (SocketException)
                {
                    return;
                }
            }
        }))];
        await Eventually.TrueAsync(() => node.Counts.PendingHandshakes > round, "handshakes");
        await node.DisposeAsync().InTime();
        Assert.That(node.Counts, Is.EqualTo(default(NodeCounts)));
        await Task.WhenAll(arriving).InTime();
    }

    [Test]
    public async Task Giving_up_on_a_stop_does_not_give_up_stopping()
    {
        await using Libp2pNode node = Create();
        var mayEnd = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        node.Handle("/test/stubborn", _ => mayEnd.Task);
        await node.StartAsync();
        await using BarePeer peer = await BarePeer.DialAsync(node);
        await peer.OpenAsync("/test/stubborn");

        Assert.CatchAsync<OperationCanceledException>(() => node.StopAsync(new CancellationToken(canceled: true)));
        await peer.Connection.Closed.InTime();
        Task again = node.StopAsync();
        Assert.That(again.IsCompleted, Is.False, "a handler still runs");
        mayEnd.SetResult();
        await again.InTime();
        Assert.That(node.Counts, Is.EqualTo(default(NodeCounts)));
    }

    [Test]
    public async Task A_start_that_is_cancelled_has_not_begun()
    {
        await using Libp2pNode node = Create();
        Assert.CatchAsync<OperationCanceledException>(() => node.StartAsync(new CancellationToken(canceled: true)));
        Assert.That(node.ListenAddresses, Is.Empty);
        await node.StartAsync();
        Assert.That(node.ListenAddresses, Has.Count.EqualTo(1));
    }

    [TestCase("/ip4/192.0.2.1/tcp/0", "Listening on", Description = "not this machine's")]
    [TestCase("/ip6/2001:db8::1/tcp/0", "Listening on")]
    [TestCase("/dns4/no-such-name.invalid/tcp/0", "does not resolve")]
    [TestCase("/ip4/127.0.0.1/udp/0/quic-v1", "No transport")]
    [TestCase("/ip4/127.0.0.1/tcp/0/ws", "No transport")]
    public async Task An_address_that_cannot_be_listened_on_is_named_and_the_others_are_not_listened_on_either(string bad, string why)
    {
        await using Libp2pNode node = Create(addresses: ["/ip4/127.0.0.1/tcp/0", bad]);
        ListenException? error = Assert.ThrowsAsync<ListenException>(() => node.StartAsync().InTime());
        Assert.That(error!.Address, Is.EqualTo(Multiaddress.Parse(bad)));
        Assert.That(error.Message, Does.Contain(why).And.Contain(bad));
        Assert.That((node.Counts, node.ListenAddresses.Count), Is.EqualTo((default(NodeCounts), 0)));
    }

    [TestCase("127.0.0.1", "ip4/127.0.0.1")]
    [TestCase("0.0.0.0", "ip4/0.0.0.0")]
    [TestCase("::1", "ip6/::1")]
    public async Task A_port_that_is_taken_is_said_and_free_later(string ip, string address)
    {
        if (ip == "::1" && !Socket.OSSupportsIPv6)
            Assert.Ignore("This machine has no IPv6.");
        using var taken = new TcpListener(IPAddress.Parse(ip), 0);
        taken.Start();
        string bad = $"/{address}/tcp/{((IPEndPoint)taken.LocalEndpoint).Port}";
        await using Libp2pNode node = Create(addresses: ["/ip4/127.0.0.1/tcp/0", bad]);
        ListenException? error = Assert.ThrowsAsync<ListenException>(() => node.StartAsync().InTime());
        Assert.That(error!.Address, Is.EqualTo(Multiaddress.Parse(bad)));
        Assert.That((error.InnerException as SocketException)?.SocketErrorCode, Is.EqualTo(SocketError.AddressAlreadyInUse));
        taken.Stop();
        await node.StartAsync().InTime();
        Assert.That(node.ListenAddresses, Has.Count.GreaterThanOrEqualTo(2));
    }
}
