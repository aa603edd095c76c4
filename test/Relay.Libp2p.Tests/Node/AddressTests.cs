using System.Net;
using System.Net.Sockets;
using Relay.Libp2p.Tests.Scripting;
using Relay.Libp2p.Transports;
using Relay.Multiformats;

namespace Relay.Libp2p.Tests.Node;

/// <summary>Where a node listens and dials: both families, names, wildcards, one port for both, ports the system chooses.</summary>
[CancelAfter(60_000)]
public class AddressTests
{
    private static async Task<Connection> ReachesAsync(NodeUnderTest node, Multiaddress address)
    {
        await using NodeUnderTest client = await NodeUnderTest.StartAsync();
        Connection connection = await client.Node.DialAsync(address).InTime();
        Assert.That(await client.Node.PingAsync(node.Node.PeerId).InTime(), Is.GreaterThan(TimeSpan.Zero));
        return connection;
    }

    private static Task<NodeUnderTest> ListenAsync(params string[] addresses) =>
        NodeUnderTest.StartAsync(new Libp2pOptions { ListenAddresses = [.. addresses.Select(Multiaddress.Parse)] });

    private static int PortOf(Multiaddress address) => address.TryGetEndPoint(out IPEndPoint? endpoint) ? endpoint.Port : 0;

    private static void NeedsIPv6()
    {
        if (!Socket.OSSupportsIPv6)
            Assert.Ignore("This machine has no IPv6.");
    }

    [Test]
    public async Task IPv6()
    {
        NeedsIPv6();
        await using NodeUnderTest node = await ListenAsync("/ip6/::1/tcp/0");
        Assert.That($"{node.Address}", Does.Match("^/ip6/::1/tcp/[1-9][0-9]*/p2p/12D3KooW"));
        Connection connection = await ReachesAsync(node, node.Address);
        Assert.That($"{connection.RemoteAddress}", Is.EqualTo($"/ip6/::1/tcp/{PortOf(node.Address)}"));
    }

    [TestCase("/dns4/localhost/tcp/{0}")]
    [TestCase("/dns/localhost/tcp/{0}")]
    public async Task Names_are_listened_on_and_dialed(string format)
    {
        await using NodeUnderTest node = await ListenAsync(string.Format(null, format, 0));
        Assert.That(PortOf(node.Address), Is.Positive, "the address says what the name has become");
        Connection connection = await ReachesAsync(node, Multiaddress.Parse(string.Format(null, format, PortOf(node.Address))));
        Assert.That($"{connection.RemoteAddress}", Does.StartWith("/ip"));
    }

    [Test]
    public async Task A_name_of_the_other_family_is_resolved_in_it()
    {
        NeedsIPv6();
        await using NodeUnderTest node = await ListenAsync("/ip6/::1/tcp/0");
        var transport = new TcpTransport(InTimeExtensions.Bound, TimeProvider.System, (name, family, _) =>
            Task.FromResult<IPAddress[]>(name == "localhost" && family == AddressFamily.InterNetworkV6 ? [IPAddress.IPv6Loopback] : []));
        RawConnection raw = await transport.DialAsync(Multiaddress.Parse($"/dns6/localhost/tcp/{PortOf(node.Address)}"), CancellationToken.None).InTime();
        Assert.That($"{raw.RemoteAddress}", Is.EqualTo($"/ip6/::1/tcp/{PortOf(node.Address)}"));
        await raw.Stream.DisposeAsync();
        await node.RestAsync();
    }

    [Test]
    public async Task Several_addresses_each_have_a_port_of_their_own()
    {
        await using NodeUnderTest node = await ListenAsync("/ip4/127.0.0.1/tcp/0", "/ip4/127.0.0.1/tcp/0", "/ip4/127.0.0.2/tcp/0");
        Assert.That(node.Node.ListenAddresses.Select(PortOf), Is.Unique.And.All.Positive);
        foreach (Multiaddress address in node.Node.ListenAddresses)
            await ReachesAsync(node, address);
    }

    [Test]
    public async Task Both_families_share_a_port()
    {
        NeedsIPv6();
        await using NodeUnderTest v4 = await ListenAsync("/ip4/0.0.0.0/tcp/0");
        int port = PortOf(v4.Address);
        await using NodeUnderTest v6 = await ListenAsync($"/ip6/::/tcp/{port}"); // would fail if a wildcard of one family took the other's port
        await ReachesAsync(v4, Multiaddress.Parse($"/ip4/127.0.0.1/tcp/{port}/p2p/{v4.Node.PeerId}"));
        await ReachesAsync(v6, Multiaddress.Parse($"/ip6/::1/tcp/{port}/p2p/{v6.Node.PeerId}"));
    }

    [Test]
    public async Task A_node_on_both_wildcards_is_reached_on_either_and_says_so()
    {
        NeedsIPv6();
        await using NodeUnderTest node = await ListenAsync("/ip4/0.0.0.0/tcp/0", "/ip6/::/tcp/0");
        Assert.That(node.Node.ListenAddresses.Select(address => $"{address}"), Has.None.Contains("/0.0.0.0/").And.None.Contains("/ip6/::/"));
        foreach (string family in new[] { "/ip4/127.0.0.1/", "/ip6/::1/" })
            await ReachesAsync(node, node.Node.ListenAddresses.First(address => $"{address}".StartsWith(family, StringComparison.Ordinal)));
    }

    [Test]
    public async Task An_IPv4_address_in_IPv6_clothes_is_the_IPv4_address()
    {
        await using NodeUnderTest node = await ListenAsync("/ip6/::ffff:127.0.0.1/tcp/0");
        Assert.That($"{node.Address}", Does.StartWith("/ip4/127.0.0.1/tcp/"));
        Connection connection = await ReachesAsync(node, Multiaddress.Parse($"/ip6/::ffff:127.0.0.1/tcp/{PortOf(node.Address)}"));
        Assert.That($"{connection.RemoteAddress}", Is.EqualTo($"/ip4/127.0.0.1/tcp/{PortOf(node.Address)}"));
    }

    [Test]
    public async Task Of_a_name_with_very_many_addresses_eight_are_tried()
    {
        using Socket last = RawDialer.Listen(out Multiaddress there);
        IPAddress[] addresses = [.. Enumerable.Range(2, 7).Select(i => IPAddress.Parse($"127.0.0.{i}")), IPAddress.Loopback]; // nobody listens but on the last

        Task<RawConnection> DialAsync(IPAddress[] resolved) => new TcpTransport(InTimeExtensions.Bound, TimeProvider.System, (_, _, _) => Task.FromResult(resolved))
            .DialAsync(Multiaddress.Parse($"/dns4/many.example/tcp/{PortOf(there)}"), CancellationToken.None).InTime();

        await (await DialAsync(addresses)).Stream.DisposeAsync();
        DialException? error = Assert.ThrowsAsync<DialException>(() => DialAsync([IPAddress.Parse("127.0.0.9"), .. addresses]));
        Assert.That(error!.Reason, Is.EqualTo(DialError.ConnectFailed));
    }
}
