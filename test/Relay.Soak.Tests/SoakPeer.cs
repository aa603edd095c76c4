using System.Collections.Concurrent;
using Relay.Circuit;
using Relay.Libp2p;
using Relay.Multiformats;

namespace Relay.Soak.Tests;

/// <summary>One life of a peer: it comes, reserves, renews, talks to another one through the relay or not, and vanishes in one of several ways.</summary>
/// <param name="relay">The relay.</param>
/// <param name="alive">Who holds a reservation.</param>
/// <param name="random">What it decides by.</param>
/// <param name="life">How long it lives once it has reserved, about.</param>
internal sealed class SoakPeer(SoakRelay relay, ConcurrentDictionary<PeerId, bool> alive, Random random, TimeSpan life)
{
    public const string Sink = "/sink/1.0.0";

    private const int Renewals = 3;

    /// <summary>How often reserving, renewing and talking went well.</summary>
    public (int Reserved, int Talked) Done { get; private set; }

    /// <summary>Lives, once it has reserved and <paramref name="ready"/> says so.</summary>
    public async Task LiveAsync(Func<Task> ready)
    {
        await using var link = new FaultyLink(relay.Address);
        var config = new Config { Connection = { RelayService = { Disabled = true } } };
        await using RelayNode node = new NodeBuilder(config.ToOptions()).Build();
        await node.StartAsync();
        node.Handle(Sink, SwallowAsync);
        try
        {
            await ReserveAsync(node, link);
            alive[node.PeerId] = true;
            await ready();
            for (int i = 0; i < Renewals; i++)
            {
                await Task.Delay(life * (random.NextDouble() + 0.5) / Renewals); // the life it has; nothing waits for it
                await ReserveAsync(node, link);
                await TalkAsync(node, link);
            }
        }
        catch (Exception e) when (e is RelayException or DialException or StreamException or IOException)
        {
            // The other one has vanished in the middle of it, as it may.
        }
        finally
        {
            alive.TryRemove(node.PeerId, out _);
        }

        switch (random.Next(4))
        {
            case 0:
                await node.StopAsync();
                break;
            case 1:
                link.Reset();
                break;
            case 2:
                link.Freeze();
                break;
            default:
                break; // disposed in the middle of whatever others are doing with it
        }
    }

    public static async Task SwallowAsync(MuxedStream stream)
    {
        byte[] buffer = new byte[16 * 1024];
        while (await stream.ReadAsync(buffer) > 0)
        {
        }
    }

    private async Task ReserveAsync(RelayNode node, FaultyLink link)
    {
        await node.Relays.ReserveAsync(link.Address);
        Done = (Done.Reserved + 1, Done.Talked);
    }

    private async Task TalkAsync(RelayNode node, FaultyLink link)
    {
        PeerId[] others = [.. alive.Keys.Where(id => id != node.PeerId)];
        if (others.Length == 0 || random.Next(2) == 0)
            return;
        PeerId other = others[random.Next(others.Length)];
        await using MuxedStream stream = await node.OpenStreamAsync(
            link.Address.Encapsulate(Multiaddress.Parse($"/p2p-circuit/p2p/{other}")), Sink, allowLimited: true);
        await stream.WriteAsync(new byte[random.Next(1, 200_000)]);
        Done = (Done.Reserved, Done.Talked + 1);
    }
}
