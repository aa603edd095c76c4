using Relay.TestKit;
using Relay.TestKit.Network;
using Relay.TestKit.Wire;

namespace Relay.Circuit.Tests;

/// <summary>Which of the addresses that a relay gives with a reservation are of use; dotnet-libp2p's gives its listen addresses as they are.</summary>
[TestFixture]
internal sealed class RelayClientAddressTests
{
    private static readonly byte[] Good = [4, 192, 0, 2, 1, 6, 0x0f, 0xa1]; // /ip4/192.0.2.1/tcp/4001

    [TestCase("/ip4/0.0.0.0/tcp/4001", "0400000000" + "060fa1")]
    [TestCase("/ip6/::/tcp/4001", "2900000000000000000000000000000000" + "060fa1")]
    [TestCase("/ip4/192.0.2.1/tcp/0", "04c0000201" + "060000")]
    [TestCase("/ip4/192.0.2.1/tcp/4001/p2p-circuit", "04c0000201" + "060fa1" + "a202")]
    [TestCase("nothing", "")]
    [TestCase("no address", "ffffff")]
    public async Task What_leads_nowhere_is_left_out(string address, string hex)
    {
        Assert.That(await AddressesAsync(Convert.FromHexString(hex), Good), Is.EqualTo(new[] { "/ip4/192.0.2.1/tcp/4001" }), address);
    }

    [TestCase("/ip4/127.0.0.1/tcp/1", "047f000001" + "060001")]
    [TestCase("/ip4/10.0.0.1/tcp/65535", "040a000001" + "06ffff")]
    [TestCase("/ip6/2001:db8::1/tcp/4001", "2920010db8000000000000000000000001" + "060fa1")]
    public async Task What_leads_somewhere_is_kept(string address, string hex)
    {
        Assert.That(await AddressesAsync(Convert.FromHexString(hex)), Is.EqualTo(new[] { address }));
    }

    private static async Task<string[]> AddressesAsync(params byte[][] addresses)
    {
        var time = new ManualTimeProvider();
        await using var network = new InMemoryNetwork();
        InMemoryHost relay = network.AddHost();
        InMemoryHost peer = network.AddHost();
        network.Connect(peer, relay);
        RawMessage granted = new RawMessage().With(1, (ulong)time.GetUtcNow().AddHours(1).ToUnixTimeSeconds());
        foreach (byte[] address in addresses)
            granted.With(2, address);
        using IDisposable serving = relay.Handle(CircuitProtocol.Hop, async stream =>
        {
            await stream.ReceiveMessageAsync();
            await stream.SendAsync(RawHop.Answer(Status.Ok).With(3, granted));
            await stream.FinishAsync();
            await stream.ReceiveToEndAsync();
        });

        Reservation reservation = await new RelayClient(peer, time).ReserveAsync(relay.LocalPeer).InTime();
        return [.. reservation.Addresses.Select(address => address.ToString())];
    }
}
