using Relay;
using Relay.Circuit;
using Relay.Libp2p;
using Relay.Multiformats;
using Relay.TestKit;

namespace Packages.Tests.Snippets;

/// <summary>The snippets of the README.</summary>
internal sealed class ReadmeSnippets
{
    // Compiled here; PackageTests runs it, as the whole program that it is.
    [Explicit("It reads a line from the console, and listens where the README says.")]
    [Test]
    public async Task A_relay_in_your_application()
    {
        #region a relay in your application
        var config = new Config { ListenAddresses = { "/ip4/0.0.0.0/tcp/4001" }, PrivateKeyFile = "relay.key" };
        config.Connection.RelayService.MaxData = 1L << 30;                    // bytes per direction of a circuit
        config.Connection.RelayService.MaxDuration = TimeSpan.FromMinutes(30);

        await using RelayNode node = new NodeBuilder(config.ToOptions())      // every configuration error at once
            .WithMembership(new FileMembershipSource("members.txt"))          // who may reserve: one peer id per line
            .Build();                                                         // opens no socket
        await node.StartAsync();                                              // listens
        Console.WriteLine(string.Join(Environment.NewLine, node.ListenAddresses));
        Console.ReadLine();                                                   // serves until Enter; disposing the node stops it
        #endregion
    }

    [Test]
    public async Task Using_a_relay_that_somebody_else_serves()
    {
        await using RelayNode relay = await StartAsync(service => service.NetworkOnly = false);
        await using RelayNode friend = await StartAsync(service => service.Disabled = true);
        await using RelayNode node = await StartAsync(service => service.Disabled = true);
        using IDisposable echo = friend.Handle("/my/protocol/1.0.0", async stream =>
        {
            await stream.CopyToAsync(stream);
            await stream.CloseWriteAsync();
        });
        await friend.Relays.ReserveAsync(relay.ListenAddresses[0]).InTime();

        await UseAsync(node, relay.ListenAddresses[0], friend.PeerId).InTime();

        Assert.That(relay.Counts.Reservations, Is.EqualTo(2));
    }

    private static async Task UseAsync(RelayNode node, Multiaddress relayAddress, PeerId friendsPeerId)
    {
        #region use a relay
        Reservation reservation = await node.Relays.ReserveAsync(relayAddress);           // be reachable behind a relay; renew before it expires
        await using MuxedStream stream = await node.OpenStreamAsync(                      // reach somebody behind one
            Multiaddress.Parse($"{relayAddress}/p2p-circuit/p2p/{friendsPeerId}"), "/my/protocol/1.0.0", allowLimited: true);
        #endregion

        Assert.That(reservation.Expiration, Is.GreaterThan(DateTimeOffset.UtcNow));
        await stream.WriteAsync(new byte[] { 1, 2, 3 });
        await stream.CloseWriteAsync();
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer);
        Assert.That(answer.ToArray(), Is.EqualTo(new byte[] { 1, 2, 3 }));
    }

    private static async Task<RelayNode> StartAsync(Action<RelayServiceConfig> configure)
    {
        var config = new Config { ListenAddresses = { "/ip4/127.0.0.1/tcp/0" } };
        configure(config.Connection.RelayService);
        RelayNode node = new NodeBuilder(config.ToOptions()).Build();
        await node.StartAsync();
        return node;
    }
}
