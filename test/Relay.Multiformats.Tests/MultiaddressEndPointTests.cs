using System.Net;

namespace Relay.Multiformats.Tests;

public sealed class MultiaddressEndPointTests
{
    [TestCase("192.0.2.1:4001", "/ip4/192.0.2.1/tcp/4001")]
    [TestCase("0.0.0.0:0", "/ip4/0.0.0.0/tcp/0")]
    [TestCase("[2001:db8::1]:65535", "/ip6/2001:db8::1/tcp/65535")]
    [TestCase("[::ffff:192.0.2.1]:4001", "/ip4/192.0.2.1/tcp/4001", Description = "what a dual-mode socket says of an IPv4 peer")]
    [TestCase("[fe80::1%7]:22", "/ip6/fe80::1/tcp/22", Description = "the scope is ours alone")]
    public void An_end_point_becomes_an_address(string endpoint, string address)
        => Assert.That(Multiaddress.FromEndPoint(IPEndPoint.Parse(endpoint)), Is.EqualTo(Multiaddress.Parse(address)));

    [TestCase("/ip4/192.0.2.1/tcp/4001", "192.0.2.1:4001")]
    [TestCase("/ip6/2001:db8::1/tcp/65535/ws", "[2001:db8::1]:65535")]
    [TestCase("/ip4/192.0.2.1/tcp/4001/p2p/QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N/p2p-circuit", "192.0.2.1:4001")]
    public void An_address_gives_the_end_point_it_begins_with(string address, string endpoint)
    {
        Assert.That(Multiaddress.Parse(address).TryGetEndPoint(out IPEndPoint? found), Is.True);
        Assert.That(found, Is.EqualTo(IPEndPoint.Parse(endpoint)));
    }

    [TestCase("/ip4/192.0.2.1")]
    [TestCase("/ip4/192.0.2.1/udp/4001")]
    [TestCase("/dns4/example.com/tcp/4001")]
    [TestCase("/tcp/4001")]
    [TestCase("/p2p-circuit/ip4/192.0.2.1/tcp/4001")]
    [TestCase("/ip6zone/eth0/ip6/fe80::1/tcp/22", Description = "without its zone, the address is another one")]
    public void An_address_that_does_not_begin_with_one_gives_none(string address)
    {
        Assert.That(Multiaddress.Parse(address).TryGetEndPoint(out IPEndPoint? found), Is.False);
        Assert.That(found, Is.Null);
    }

    [TestCase("/ip4/192.0.2.1/udp/4001", "192.0.2.1")]
    [TestCase("/ip6/2001:db8::1", "2001:db8::1")]
    [TestCase("/dns4/example.com/tcp/1", null)]
    [TestCase("/p2p-circuit", null)]
    public void The_ip_address_is_the_first_component_or_none(string address, string? ip)
    {
        Assert.That(Multiaddress.Parse(address).TryGetIPAddress(out IPAddress? found), Is.EqualTo(ip is not null));
        Assert.That(found, Is.EqualTo(ip is null ? null : IPAddress.Parse(ip)));
    }
}
