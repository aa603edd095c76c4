using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Relay.Circuit;
using Relay.Interop.Tests.Daemon;
using Relay.Interop.Tests.Nodes;
using Relay.Interop.Tests.Peer;
using Relay.Interop.Tests.Scenarios;
using Relay.Libp2p;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Interop.Tests;

/// <summary>samples/RelayHost as a process: what an operator and a service manager see, with js-libp2p peers as its clients.</summary>
public sealed class RelayHostTests : InteropTest
{
    private const string Anybody = "--relay-service-network-only=false";

    // It must stop within two seconds; more is for a busy machine, on which a process takes its time to start (the one that signals) and to end.
    private static readonly TimeSpan StopBound = TimeSpan.FromSeconds(2 + 4);

    [Platform(Exclude = "Win", Reason = "Windows has no signals")]
    [TestCase("TERM")]
    [TestCase("INT")]
    public async Task It_says_where_it_listens_first_and_ends_in_good_order_on_a_signal(string signal)
    {
        using var directory = new TemporaryDirectory();
        string[] flags = [Anybody, "--privkey-file", directory["relay.key"], "--listen-maddrs", AnyPort, $"--listen-maddrs={AnyPort}"];
        (JsPeer listener, JsPeer dialer) = await StartTwoAsync();
        await using RelayHostProcess host = RelayHostProcess.Start(flags);
        string[] addresses = [await host.ListeningAsync(), await host.ListeningAsync()];
        await CircuitScenarios.EchoesThroughAsync(addresses[0], listener, dialer, 1000);
        await NodeScenarios.StillServesAsync(dialer, addresses[1]);

        TimeSpan stopped = await StopAsync(host, signal);

        Assert.That(host.Output, Is.EqualTo(addresses.Select(address => $"listening {address}")), "all of standard output");
        Assert.That(stopped, Is.LessThan(StopBound), "from the signal to the end, with connections and a circuit open");

        await NodeScenarios.LosesItsConnectionsAsync(listener);
        await NodeScenarios.LosesItsConnectionsAsync(dialer);
        await using RelayHostProcess again = RelayHostProcess.Start(
            [Anybody, "--privkey-file", directory["relay.key"], "--listen-maddrs", addresses[0].Split("/p2p/")[0]]);
        Assert.That(await again.ListeningAsync(), Is.EqualTo(addresses[0]), "the same key and port");
        await CircuitScenarios.MeetsAsync(addresses[0], listener, dialer, 1000);
    }

    [Platform(Exclude = "Win", Reason = "Windows has no signals")]
    [Test]
    public async Task It_ends_in_time_with_circuits_open_and_peers_that_stall()
    {
        (JsPeer source, JsPeer destination) = await StartTwoAsync();
        await using RelayHostProcess host = RelayHostProcess.Start([Anybody, "--listen-maddrs", AnyPort]);
        string address = await host.ListeningAsync();
        List<RawCircuit> circuits = [await RawCircuit.OpenAsync(address, source, destination)];
        while (circuits.Count < 20)
            circuits.Add(await RawCircuit.ConnectAsync(address, source, destination));
        Task<SendReply>[] blocked = [.. circuits.Select(circuit => circuit.Source.WritePatternAsync(1 << 20))]; // the destinations do not read
        await circuits[0].Destination.ReadAsync(1000);
        List<TcpClient> stalling = [];
        while (stalling.Count < 100)
        {
            stalling.Add(new TcpClient());
            await stalling[^1].ConnectAsync(IPAddress.Loopback, int.Parse(address.Split('/')[4], CultureInfo.InvariantCulture));
        }

        TimeSpan stopped = await StopAsync(host, "TERM");

        Assert.That(stopped, Is.LessThan(StopBound), "from the signal to the end");
        foreach (RawCircuit circuit in circuits)
            Assert.That((await circuit.Destination.DigestToEndAsync()).End, Is.EqualTo(StreamEnd.Reset));
        foreach (Task<SendReply> write in blocked)
            await write.ContinueWith(ended => ended.Exception, TaskScheduler.Default);
        stalling.ForEach(client => client.Dispose());
    }

    [Test]
    public async Task The_members_file_decides_and_a_change_of_it_flips_the_decision()
    {
        using var directory = new TemporaryDirectory();
        (JsPeer member, JsPeer stranger) = await StartTwoAsync();
        string members = directory.Write("members.txt", $"{member.PeerId}\n");
        await using RelayHostProcess host = RelayHostProcess.Start(
            ["--members-file", members, "--relay-service-acl-refresh=100ms", "--listen-maddrs", AnyPort]);
        string address = await host.ListeningAsync();

        await NodeScenarios.StillServesAsync(member, address);
        await Refusals.ReserveIsRefusedAsync(stranger, address, RelayStatus.PermissionDenied);
        directory.Write("members.txt", $"{stranger.PeerId}\n");
        await host.SaysAsync("1 members: 1 joined, 1 left");

        await NodeScenarios.StillServesAsync(stranger, address);
        await Refusals.ReserveIsRefusedAsync(member, address, RelayStatus.PermissionDenied);
    }

    [Platform(Exclude = "Win", Reason = "EdgeVPN has no unix sockets there")]
    [Test]
    public async Task An_EdgeVPN_API_on_a_unix_socket_decides_who_reserves()
    {
        using var directory = new TemporaryDirectory();
        (JsPeer member, JsPeer stranger) = await StartTwoAsync();
        await using var api = new EdgeVpnApiServer(directory["api.sock"]);
        api.Answers(EdgeVpnApiServer.Bucket((Multiformats.PeerId.Parse(member.PeerId), DateTimeOffset.UtcNow)));
        await using RelayHostProcess host = RelayHostProcess.Start(["--members-api", api.Api.OriginalString, "--listen-maddrs", AnyPort]);
        string address = await host.ListeningAsync();

        await NodeScenarios.StillServesAsync(member, address);
        await Refusals.ReserveIsRefusedAsync(stranger, address, RelayStatus.PermissionDenied);
    }

    [Test]
    public async Task Flags_and_variables_are_what_peers_are_granted()
    {
        JsPeer peer = await StartPeerAsync();
        await using RelayHostProcess host = RelayHostProcess.Start(
            [Anybody, "--listen-maddrs", AnyPort, "--relay-service-max-data", "64KiB", "--relay-service-max-duration=1h30m"],
            ("EDGEVPN_RELAY_RESERVATION_TTL", "00:20:00"),
            ("EDGEVPN_RELAY_MAX_DATA", "1GiB")); // the flag wins
        string address = await host.ListeningAsync();

        var check = new ReservationCheck(address.Split("/p2p/")[1], peer.PeerId, TimeSpan.FromMinutes(20), DurationLimit: 5400, DataLimit: 64 << 10);
        Assert.That(check.Faults(await peer.ReserveAsync(address)), Is.Empty);
    }

    [Test]
    public async Task A_relay_service_that_is_switched_off_is_not_there()
    {
        JsPeer peer = await StartPeerAsync();
        await using RelayHostProcess host = RelayHostProcess.Start(["--listen-maddrs", AnyPort], ("EDGEVPN_RELAY_SERVICE", "false"));

        await NodeScenarios.IdentifiesAsync(peer, await host.ListeningAsync(), listsHop: false);
    }

    [Test]
    public async Task Wrong_values_end_it_with_two_and_a_line_for_each()
    {
        await using RelayHostProcess host = RelayHostProcess.Start(
            ["--relay-service-max-data=0", "--relay-service-max-duration", "30", "--relay-service-max-dta=1"],
            ("EDGEVPN_RELAY_MAX_CIRCUITS", "-1"));

        int exitCode = await host.ExitAsync();

        Assert.That(exitCode, Is.EqualTo(2));
        Assert.That(host.Output, Is.Empty);
        Assert.That(host.Errors, Has.Count.EqualTo(4));
        Assert.That(host.Errors, Has.One.Contains("(--relay-service-max-data): \"0\"").And.One.Contains("(--relay-service-max-duration): \"30\"")
            .And.One.Contains("--relay-service-max-dta: ").And.One.Contains("(EDGEVPN_RELAY_MAX_CIRCUITS): \"-1\""));
        Assert.That(host.Errors, Has.All.Contains("Accepted: "));
    }

    [Test]
    public async Task A_relay_for_members_without_members_does_not_start()
    {
        await using RelayHostProcess host = RelayHostProcess.Start(["--listen-maddrs", AnyPort]);

        Assert.That(await host.ExitAsync(), Is.EqualTo(2));
        Assert.That(host.Errors, Has.Count.EqualTo(1));
        Assert.That(host.Errors[0], Does.Contain("--members-file").And.Contain("--relay-service-network-only=false"));
    }

    [Platform(Exclude = "Win", Reason = "Windows has no signals")]
    [Test]
    public async Task A_circuit_finishes_while_it_drains_and_nothing_new_begins([Values] bool isAskedTwice)
    {
        await using RelayHostProcess host = RelayHostProcess.Start([Anybody, "--listen-maddrs", AnyPort, "--drain-timeout", "1h"]);
        Multiaddress address = Multiaddress.Parse(await host.ListeningAsync());
        await using RelayNode destination = await StartNodeAsync();
        NodeEcho.Serve(destination);
        await destination.Relays.ReserveAsync(address).InTime();
        await using RelayNode source = await StartNodeAsync();
        await using RelayNode late = await StartNodeAsync();
        await late.DialAsync(address).InTime();
        await using MuxedStream stream = await source.OpenStreamAsync(
            address.Encapsulate(Multiaddress.Parse($"/p2p-circuit/p2p/{destination.PeerId}")), Protocols.Echo, allowLimited: true).InTime();
        await AssertEchoesAsync(stream);

        await host.SignalAsync("TERM");
        await host.SaysAsync("Relay service drains");
        await AssertEchoesAsync(stream);
        Assert.That(async () => await late.Relays.ReserveAsync(address).InTime(), Throws.InstanceOf<RelayException>());

        if (isAskedTwice)
            await host.SignalAsync("TERM");
        else
            await source.StopAsync().InTime();
        Assert.That(await host.ExitAsync(), Is.Zero);
    }

    private static async Task<RelayNode> StartNodeAsync()
    {
        RelayNode node = new NodeBuilder(new Config { Connection = { RelayService = { Disabled = true } } }.ToOptions()).Build();
        await node.StartAsync().InTime();
        return node;
    }

    private static async Task AssertEchoesAsync(MuxedStream stream)
    {
        byte[] one = [7];
        await stream.WriteAsync(one);
        one[0] = 0;
        await stream.ReadExactlyAsync(one).AsTask().InTime();
        Assert.That(one, Is.EqualTo([7]));
    }

    private static async Task<TimeSpan> StopAsync(RelayHostProcess host, string signal)
    {
        long start = Stopwatch.GetTimestamp();
        await host.SignalAsync(signal);
        int exitCode = await host.ExitAsync();
        TimeSpan taken = Stopwatch.GetElapsedTime(start);
        TestContext.Out.WriteLine($"SIG{signal} to exit: {taken.TotalMilliseconds:F0} ms");
        Assert.That(exitCode, Is.Zero);
        return taken;
    }
}
