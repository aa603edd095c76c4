using System.Diagnostics;
using Relay.Libp2p;
using Relay.Multiformats;
using Relay.TestKit;
using Relay.Tests.Nodes;

namespace Relay.Tests;

/// <summary>The sample that stays reachable: on its own, and as a node that really cannot be dialed.</summary>
[TestFixture]
internal sealed class BehindNatTests : NodeTest
{
    private const string Echo = "/behind-nat/echo/1.0.0";

    [Test]
    public async Task It_tells_the_whole_story_and_ends_by_itself()
    {
        await using SampleProcess sample = SampleProcess.Start("BehindNat", []);
        Assert.That(await sample.EndAsync(), Is.Zero, sample.Output);
        Assert.That(sample.Output, Does.Contain("hears it back").And.Contain("The relay is gone").And.Contain("and so is the reservation"));
    }

    [Test]
    public async Task A_node_in_a_network_of_its_own_that_nobody_can_dial_into_is_reached_through_a_relay()
    {
        using Subnet network = Subnet.CreateOrIgnore();
        Config config = CreateConfig(relay => relay.NetworkOnly = false);
        config.ListenAddresses.Add($"/ip4/{network.OutsideAddress}/tcp/0");
        RelayNode relay = await StartAsync(config);
        Multiaddress seenFromInside = relay.ListenAddresses.Single(address => address.ToString().Contains(network.OutsideAddress, StringComparison.Ordinal));
        RelayNode friend = await StartPeerAsync();

        await using SampleProcess node = SampleProcess.Start("BehindNat", [seenFromInside.ToString()], "ip", "netns", "exec", network.Name);
        var address = Multiaddress.Parse((await node.LineAsync(line => line.StartsWith("reached at ", StringComparison.Ordinal)))["reached at ".Length..]);
        await using MuxedStream stream = await friend.OpenStreamAsync(address, Echo, allowLimited: true).InTime();
        await stream.WriteAsync("are you there?"u8.ToArray()).InTime();
        await stream.CloseWriteAsync().InTime();
        using var reader = new StreamReader(stream, leaveOpen: true);
        Assert.That(await reader.ReadToEndAsync().InTime(), Is.EqualTo("are you there?"));

        // What it tells others of its own address leads nowhere from here.
        await Eventually.TrueAsync(() => stream.Connection.RemoteIdentity is not null, "that the peer has said who it is");
        Multiaddress[] own = [.. stream.Connection.RemoteIdentity!.ListenAddresses.Where(one => !one.IsCircuit).Select(one => one.WithPeerId(address.PeerId!))];
        Assert.That(own, Is.Not.Empty);
        RelayNode stranger = await StartPeerAsync();
        foreach (Multiaddress one in own)
            Assert.ThrowsAsync<DialException>(() => stranger.DialAsync(one).InTime());

        node.CloseInput();
        Assert.That(await node.EndAsync(), Is.Zero, node.Output);
    }

    /// <summary>A network namespace joined to this one by a pair of interfaces. What listens on its loopback is out of reach from here.</summary>
    private sealed class Subnet : IDisposable
    {
        private readonly string _interface;

        private Subnet(int number)
        {
            Name = $"relay-test-{Environment.ProcessId}";
            _interface = $"rt{Environment.ProcessId % 1_000_000}";
            OutsideAddress = $"10.213.{number}.1";
        }

        public string Name { get; }

        public string OutsideAddress { get; }

        /// <summary>Creates it; without the right to, the test is ignored, and says so.</summary>
        public static Subnet CreateOrIgnore()
        {
            if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
                Assert.Ignore("Network namespaces take Linux and root.");
            var subnet = new Subnet(Random.Shared.Next(1, 255));
            try
            {
                Run($"netns add {subnet.Name}");
                Run($"link add {subnet._interface} type veth peer name inside netns {subnet.Name}");
                Run($"addr add {subnet.OutsideAddress}/30 dev {subnet._interface}");
                Run($"link set {subnet._interface} up");
                Run($"-n {subnet.Name} addr add {subnet.OutsideAddress[..^1]}2/30 dev inside");
                Run($"-n {subnet.Name} link set inside up");
                Run($"-n {subnet.Name} link set lo up");
            }
            catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                subnet.Dispose();
                Assert.Ignore($"No network namespace can be made here: {e.Message}");
            }

            return subnet;
        }

        public void Dispose()
        {
            foreach (string command in (string[])[$"link del {_interface}", $"netns del {Name}"])
            {
                try
                {
                    Run(command);
                }
                catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
                {
                    // It was not made, or is gone already.
                }
            }
        }

        private static void Run(string command)
        {
            using Process process = Process.Start(new ProcessStartInfo("ip", command.Split(' ')) { RedirectStandardError = true })!;
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"ip {command}: {errors.Trim()}");
        }
    }
}
