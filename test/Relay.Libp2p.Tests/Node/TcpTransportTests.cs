using System.Net;
using System.Net.Sockets;
using Relay.Libp2p.Tests.Scripting;
using Relay.Libp2p.Transports;
using Relay.Multiformats;

namespace Relay.Libp2p.Tests.Node;

[CancelAfter(60_000)]
public class TcpTransportTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly Multiaddress Name = Multiaddress.Parse("/dns/relay.example/tcp/4001");

    [Test]
    public async Task Addresses_of_a_name_that_cannot_be_reached_are_passed_over()
    {
        using Socket listener = RawDialer.Listen(out Multiaddress address);
        address.TryGetEndPoint(out IPEndPoint? endpoint);
        // Nobody can connect to a multicast or a broadcast address.
        IPAddress[] addresses = [IPAddress.Parse("ff02::1"), IPAddress.Broadcast, IPAddress.Parse("127.255.255.254"), endpoint!.Address];
        var transport = new TcpTransport(Patience, TimeProvider.System, (_, _, _) => Task.FromResult(addresses));
        RawConnection raw = await transport.DialAsync(Multiaddress.Parse($"/dns/relay.example/tcp/{endpoint.Port}"), CancellationToken.None).InTime();
        await using (raw.Stream)
            Assert.That(raw.RemoteAddress, Is.EqualTo(address));
    }

    [TestCase("dns", AddressFamily.Unspecified)]
    [TestCase("dns4", AddressFamily.InterNetwork)]
    [TestCase("dns6", AddressFamily.InterNetworkV6)]
    public void A_name_is_asked_for_in_the_family_its_address_says(string kind, AddressFamily expected)
    {
        var asked = (Name: "", Family: AddressFamily.Unknown);
        var transport = new TcpTransport(Patience, TimeProvider.System, (name, family, _) =>
        {
            asked = (name, family);
            return Task.FromResult<IPAddress[]>([]);
        });
        DialException error = Assert.ThrowsAsync<DialException>(
            () => transport.DialAsync(Multiaddress.Parse($"/{kind}/relay.example/tcp/4001"), CancellationToken.None))!;
        Assert.That((error.Reason, asked), Is.EqualTo((DialError.NameNotResolved, ("relay.example", expected))));
    }

    [Test]
    public async Task Resolving_has_a_deadline()
    {
        var time = new ManualTimeProvider();
        var transport = new TcpTransport(Patience, time, NeverAsync);
        Task<RawConnection> dialing = transport.DialAsync(Name, CancellationToken.None);
        await time.TimerIsArmedAsync(Patience);
        time.Advance(Patience);
        Assert.That(Assert.ThrowsAsync<DialException>(() => dialing.InTime())!.Reason, Is.EqualTo(DialError.Timeout));
    }

    [Test]
    public async Task Resolving_can_be_cancelled()
    {
        using var cancelled = new CancellationTokenSource();
        Task<RawConnection> dialing = new TcpTransport(Patience, TimeProvider.System, NeverAsync).DialAsync(Name, cancelled.Token);
        await cancelled.CancelAsync();
        Assert.CatchAsync<OperationCanceledException>(() => dialing.InTime());
    }

    [TestCase("/dns4/no-such-name.invalid/tcp/0")]
    [TestCase("/dns4/0.0.0.0/tcp/0")]
    [TestCase("/ip4/192.0.2.77/tcp/0")]
    public void Listening_where_this_machine_is_not_fails_as_such(string address)
    {
        var transport = new TcpTransport(Patience, TimeProvider.System);
        ListenException error = Assert.ThrowsAsync<ListenException>(() => transport.ListenAsync(Multiaddress.Parse(address), CancellationToken.None))!;
        Assert.That(error.Address.ToString(), Is.EqualTo(address));
        Assert.That(error.Message, Does.Contain(address));
    }

    [Test]
    public async Task A_disposed_listener_accepts_no_more()
    {
        ITransportListener listener = await new TcpTransport(Patience, TimeProvider.System).ListenAsync(NodeUnderTest.Loopback, CancellationToken.None);
        Task<RawConnection?> accepting = listener.AcceptAsync(CancellationToken.None).AsTask();
        await listener.DisposeAsync();
        Assert.That(await accepting.InTime(), Is.Null);
        Assert.That(await listener.AcceptAsync(CancellationToken.None), Is.Null);
    }

    [TestCase("/ip4/127.0.0.1/tcp/1", true)]
    [TestCase("/ip6/::1/tcp/1", true)]
    [TestCase("/dns/a/tcp/1", true)]
    [TestCase("/dns4/a/tcp/1/p2p/12D3KooWDa66zwVomEak6gznD1PpVxswEfKv2RY94uzd9RbJnWGR", true)]
    [TestCase("/dnsaddr/a/tcp/1", false)]
    [TestCase("/ip4/127.0.0.1/udp/1", false)]
    [TestCase("/ip4/127.0.0.1/tcp/1/ws", false)]
    [TestCase("/ip4/127.0.0.1/tcp/1/p2p/12D3KooWDa66zwVomEak6gznD1PpVxswEfKv2RY94uzd9RbJnWGR/p2p-circuit", false)]
    public void It_takes_bare_tcp_addresses_and_no_others(string address, bool isTaken)
    {
        var transport = new TcpTransport(Patience, TimeProvider.System);
        Assert.That(transport.CanDial(Multiaddress.Parse(address)), Is.EqualTo(isTaken));
        Assert.That(transport.CanListen(Multiaddress.Parse(address)), Is.EqualTo(isTaken));
    }

    private static Task<IPAddress[]> NeverAsync(string name, AddressFamily family, CancellationToken cancellationToken) =>
        new TaskCompletionSource<IPAddress[]>().Task.WaitAsync(cancellationToken);
}
