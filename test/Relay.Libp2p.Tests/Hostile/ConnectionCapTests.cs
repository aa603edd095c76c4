using Relay.Libp2p.Tests.Scripting;

namespace Relay.Libp2p.Tests.Hostile;

/// <summary>Each cap on connections, at it and one over it, and the ways around it that are none.</summary>
[CancelAfter(60_000)]
public class ConnectionCapTests
{
    private readonly FakeTransport _transport = new();
    private readonly List<Stream> _arrived = [];

    private Task<NodeUnderTest> StartAsync(Libp2pOptions options) => NodeUnderTest.StartAsync(
        options with { ListenAddresses = [FakeTransport.Address] }, new ManualTimeProvider(), node => node.AddTransport(_transport));

    [TearDown]
    public async Task Leave()
    {
        foreach (Stream stream in _arrived)
            await stream.DisposeAsync();
        _arrived.Clear();
    }

    private Stream Arrive(string from, bool isRelayed = false)
    {
        Stream stream = _transport.Arrive(from, isRelayed: isRelayed);
        _arrived.Add(stream);
        return stream;
    }

    private static Task ArePendingAsync(NodeUnderTest node, int count) =>
        Eventually.EqualsAsync(count, () => node.Node.Counts.PendingHandshakes, "handshakes under way");

    // It is open: the node answers on it.
    private static async Task IsServedAsync(Stream stream)
    {
        await stream.SayAsync(MultistreamScript.Header);
        Assert.That(await stream.HearAsync(), Is.EqualTo(MultistreamScript.Header));
    }

    [TestCase("/ip4/198.51.100.7/tcp/{0}", "/ip4/198.51.100.8/tcp/1")]
    [TestCase("/ip6/2001:db8:1:2::{0}/tcp/1", "/ip6/2001:db8:1:3::1/tcp/1", Description = "An IPv6 customer has 2^64 addresses at least.")]
    [TestCase("/ip6/::ffff:198.51.100.7/tcp/{0}", "/ip4/198.51.100.8/tcp/1")]
    public async Task Connections_of_one_address(string from, string another)
    {
        await using NodeUnderTest node = await StartAsync(new Libp2pOptions { MaxConnectionsPerIp = 3 });
        List<Stream> streams = [];
        for (int i = 1; i <= 3; i++)
            streams.Add(Arrive(string.Format(null, from, i)));
        await ArePendingAsync(node, 3);

        await Arrive(string.Format(null, from, 4)).ExpectClosedAsync();
        foreach (Stream stream in streams)
            await IsServedAsync(stream);
        await IsServedAsync(Arrive(another));

        await streams[0].DisposeAsync();
        await ArePendingAsync(node, 3);
        await IsServedAsync(Arrive(string.Format(null, from, 5)));
    }

    [Test]
    public async Task An_IPv4_address_mapped_to_IPv6_is_the_same_address()
    {
        await using NodeUnderTest node = await StartAsync(new Libp2pOptions { MaxConnectionsPerIp = 2 });
        await IsServedAsync(Arrive("/ip4/198.51.100.7/tcp/1"));
        await IsServedAsync(Arrive("/ip6/::ffff:198.51.100.7/tcp/2"));
        await Arrive("/ip4/198.51.100.7/tcp/3").ExpectClosedAsync();
        await Arrive("/ip6/::ffff:198.51.100.7/tcp/4").ExpectClosedAsync();
    }

    [TestCase("/ip4/127.0.0.1/tcp/1", false)]
    [TestCase("/ip6/::1/tcp/1", false)]
    [TestCase("/ip6/::ffff:127.0.0.1/tcp/1", false)]
    [TestCase("/ip4/198.51.100.7/tcp/1", true, Description = "The address of a relayed connection is its relay's.")]
    public async Task Loopback_and_relayed_connections_do_not_count_for_an_address(string from, bool isRelayed)
    {
        await using NodeUnderTest node = await StartAsync(new Libp2pOptions { MaxConnectionsPerIp = 1 });
        for (int i = 0; i < 3; i++)
            await IsServedAsync(Arrive(from, isRelayed));
    }

    [Test]
    public async Task Connections_in_total_count_from_the_moment_they_are_accepted()
    {
        await using NodeUnderTest node = await StartAsync(new Libp2pOptions { MaxConnections = 2 });
        Stream first = Arrive("/ip4/198.51.100.1/tcp/1");
        await IsServedAsync(first);
        await IsServedAsync(Arrive("/ip4/198.51.100.2/tcp/1"));
        await Arrive("/ip4/198.51.100.3/tcp/1").ExpectClosedAsync();

        await first.DisposeAsync();
        await ArePendingAsync(node, 1);
        await IsServedAsync(Arrive("/ip4/198.51.100.4/tcp/1"));
    }

    [Test]
    public async Task A_dial_counts_in_the_total_and_is_told_when_there_is_no_place()
    {
        await using NodeUnderTest other = await NodeUnderTest.StartAsync();
        await using NodeUnderTest node = await StartAsync(new Libp2pOptions { MaxConnections = 1 });
        await IsServedAsync(Arrive("/ip4/198.51.100.1/tcp/1"));
        DialException? error = Assert.ThrowsAsync<DialException>(() => node.Node.DialAsync(other.Address).InTime());
        Assert.That(error!.Reason, Is.EqualTo(DialError.TooManyConnections));

        await _arrived[0].DisposeAsync();
        await ArePendingAsync(node, 0);
        await node.Node.DialAsync(other.Address).InTime();
        await Arrive("/ip4/198.51.100.2/tcp/1").ExpectClosedAsync();
    }

    [Test]
    public async Task One_handshake_too_many_takes_the_place_of_the_oldest()
    {
        await using NodeUnderTest node = await StartAsync(new Libp2pOptions { MaxPendingHandshakes = 2 });
        Stream oldest = Arrive("/ip4/198.51.100.1/tcp/1");
        await IsServedAsync(oldest);
        Stream second = Arrive("/ip4/198.51.100.1/tcp/2");
        await IsServedAsync(second);
        await IsServedAsync(Arrive("/ip4/198.51.100.2/tcp/1"));

        await oldest.ExpectClosedAsync();
        await second.SayAsync("/noise");
        Assert.That(await second.HearAsync(), Is.EqualTo("/noise"), "the second goes on");
        Assert.That(node.Node.Counts.PendingHandshakes, Is.EqualTo(2));
    }

    [Test]
    public async Task A_place_that_was_given_away_is_given_back_once()
    {
        await using NodeUnderTest node = await StartAsync(new Libp2pOptions { MaxPendingHandshakes = 1, MaxConnectionsPerIp = 1, MaxConnections = 2 });
        for (int i = 1; i < 100; i++)
        {
            Stream stream = Arrive($"/ip4/198.51.100.{i}/tcp/1");
            await IsServedAsync(stream);
            Assert.That(node.Node.Counts.PendingHandshakes, Is.EqualTo(1));
        }
    }
}
