using System.Diagnostics;
using Relay.Circuit;
using Relay.Circuit.Host;
using Relay.Embedded;
using Relay.Libp2p;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Soak.Tests;

/// <summary>A destination that stands still, as a process: the relay holds no more for it than it may, and cuts the circuit in time.</summary>
[TestFixture]
[Platform(Exclude = "Win", Reason = "Windows has no signals")]
internal sealed class StoppedDestinationTests
{
    private const int Window = 256 * 1024;
    private const int BufferSize = 64 * 1024;
    private const int Chunk = 16 * 1024;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);

    [Test]
    public async Task A_destination_that_stands_still_costs_no_more_than_the_bound_and_no_more_than_the_duration()
    {
        await using SoakRelay relay = await SoakRelay.StartAsync(new CircuitRelayOptions { MaxDuration = Duration, BufferSize = BufferSize }, TimeProvider.System, Window);
        await using StoppedDestination destination = await StoppedDestination.StartAsync(relay.Address);
        var identity = IdentityKey.Generate();
        await using var node = new Libp2pNode(new Libp2pOptions(), identity);
        await node.StartAsync();
        await node.DialAsync(relay.Address);
        var client = new RelayClient(new EmbeddedHost(node, identity), TimeProvider.System);

        await using CircuitStream circuit = await client.ConnectAsync(relay.Address.PeerId!, destination.Peer).InTime();
        long opened = Stopwatch.GetTimestamp();
        await destination.StopAsync();
        long accepted = 0;
        HostStreamException? end = Assert.ThrowsAsync<HostStreamException>(async () =>
        {
            while (true)
            {
                await circuit.WriteAsync(new byte[Chunk], CancellationToken.None).AsTask().InTime();
                accepted += Chunk;
            }
        });
        TimeSpan lasted = Stopwatch.GetElapsedTime(opened);

        TestContext.Out.WriteLine($"{accepted >> 10} KiB in {lasted.TotalSeconds:F1} s; {end!.Error}");
        Assert.That(accepted, Is.LessThanOrEqualTo(Window + BufferSize + Window), "what the relay took: the destination's window, a buffer, and the source's window");
        Assert.That(lasted, Is.GreaterThan(Duration - TimeSpan.FromSeconds(1)).And.LessThan(Duration + TimeSpan.FromSeconds(5)), "a busy machine may take its time");
        Assert.That(end.Error, Is.EqualTo(HostStreamError.Reset));
        await Eventually.EqualsAsync(0, () => relay.Relay.Counts.Circuits, "circuits");

        await destination.DisposeAsync();
        await node.StopAsync();
        await relay.IsEmptyAsync();
    }
}
