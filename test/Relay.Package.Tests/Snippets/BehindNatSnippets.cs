using Relay;
using Relay.Libp2p;
using Relay.Multiformats;
using Relay.TestKit;

namespace Packages.Tests.Snippets;

/// <summary>The snippets of docs/behind-nat.md.</summary>
internal sealed class BehindNatSnippets
{
    [Test]
    public async Task Staying_reachable_behind_a_relay_until_its_limit()
    {
        var open = new Config { ListenAddresses = { "/ip4/127.0.0.1/tcp/0" }, Connection = { RelayService = { NetworkOnly = false, MaxData = 65536 } } };
        await using RelayNode relay = new NodeBuilder(open.ToOptions()).Build();
        await relay.StartAsync().InTime();
        string relayAddress = relay.ListenAddresses[0].ToString();

        #region stay reachable
        var config = new Config { PrivateKeyFile = "node.key" };      // who it is, and so where it is reached, outlives a restart
        config.Connection.Reachability = Reachability.Private;        // others cannot dial it
        config.Connection.RelayService.Disabled = true;               // and so it is no relay for others
        config.Connection.AutoRelay.StaticRelays.Add(relayAddress);   // ADDRESS/p2p/PEERID, as the relay prints it; and others

        await using RelayNode node = new NodeBuilder(config.ToOptions()).Build();
        await node.StartAsync();
        #endregion

        await Eventually.EqualsAsync(1, () => relay.Counts.Reservations, "the reservations");
        await WatchAsync(node);
        await SendAsync(node, relay);
    }

    private static async Task WatchAsync(RelayNode node)
    {
        var printed = new StringWriter();
        Console.SetOut(printed);
        using var watching = new CancellationTokenSource();
        CancellationToken cancellationToken = watching.Token;
        try
        {
            Task seen = Eventually.TrueAsync(() => printed.ToString().Contains("Reserved", StringComparison.Ordinal), "whether it is printed");
            Task ends = seen.ContinueWith(_ => watching.Cancel(), TaskScheduler.Default);

            #region how it stands
            await foreach (KnownRelay relay in node.Relays.WatchAsync(cancellationToken))
                Console.WriteLine($"{relay.Relay}: {relay.State} {relay.Reason} {relay.Detail}");
            #endregion

            await seen;
            await ends;
        }
        catch (OperationCanceledException) when (watching.IsCancellationRequested)
        {
        }
        finally
        {
            Console.SetOut(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
        }

        Assert.That(printed.ToString(), Does.Contain("Reserved"));
    }

    private static async Task SendAsync(RelayNode reachable, RelayNode relay)
    {
        using IDisposable sink = reachable.Handle("/my/protocol/1.0.0", stream => stream.CopyToAsync(Stream.Null));
        var client = new Config { ListenAddresses = { "/ip4/127.0.0.1/tcp/0" }, Connection = { RelayService = { Disabled = true } } };
        await using RelayNode node = new NodeBuilder(client.ToOptions()).Build();
        await node.StartAsync().InTime();
        Multiaddress address = Multiaddress.Parse($"{relay.ListenAddresses[0]}/p2p-circuit/p2p/{reachable.PeerId}");
        byte[] data = new byte[1 << 20];

        #region limited
        await using MuxedStream stream = await node.OpenStreamAsync(address, "/my/protocol/1.0.0", allowLimited: true);
        RemainingLimit? left = stream.Connection.Remaining;           // time, and bytes each way
        try
        {
            await stream.WriteAsync(data);
        }
        catch (StreamException cut) when (cut.Reason == StreamError.LimitReached)
        {
            // The relay has cut the connection at its limit. A new one starts anew.
        }
        #endregion

        Assert.That(left, Is.Not.Null);
        await Eventually.EqualsAsync(0, () => relay.Counts.Circuits, "the circuits, of which one was asked to carry too much");
    }
}
