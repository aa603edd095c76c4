using Relay.Circuit;
using Relay.TestKit;

namespace Relay.Tests.Costs;

/// <summary>
/// What relayed bytes cost, as counts: allocations, buffers, calls of the system. Over real sockets, with source, relay and destination in one process, so the
/// allocations are those of all three. The bounds are about twice what was counted on a busy machine of two processors.
/// </summary>
[NonParallelizable]
internal sealed class RelayedBytesTests
{
    private const int Mebibytes = 64;
    private const long Mebibyte = 1 << 20;

    private readonly byte[] _chunk = new byte[64 * 1024];

    [Test]
    public async Task Relaying_allocates_next_to_nothing()
    {
        await using CountedRelay relay = await CountedRelay.StartAsync();
        await using CircuitStream circuit = await relay.OpenCircuitAsync();
        await CountedRelay.CarryAsync(circuit, Mebibytes * Mebibyte, _chunk); // fills the pools

        long before = GC.GetTotalAllocatedBytes(precise: true);
        await CountedRelay.CarryAsync(circuit, Mebibytes * Mebibyte, _chunk);
        long each = (GC.GetTotalAllocatedBytes(precise: true) - before) / Mebibytes;

        TestContext.Out.WriteLine($"{each} bytes allocated per MiB");
        Assert.That(each, Is.LessThan(64 * 1024));
    }

    [Test]
    public async Task A_socket_is_written_to_once_for_some_sixty_kilobytes()
    {
        await using CountedRelay relay = await CountedRelay.StartAsync();
        await using CircuitStream circuit = await relay.OpenCircuitAsync();

        long before = relay.Sockets.Writes;
        long bytesBefore = relay.Sockets.BytesWritten;
        await CountedRelay.CarryAsync(circuit, Mebibytes * Mebibyte, _chunk);
        double each = (relay.Sockets.Writes - before) / (double)Mebibytes;

        // 16 for the bytes themselves; 8 that grant the source its window again, while that has not grown; more when it sends less at a time.
        TestContext.Out.WriteLine($"{each} writes per MiB");
        Assert.That(each, Is.LessThan(40));
        Assert.That(relay.Sockets.BytesWritten - bytesBefore, Is.InRange(Mebibytes * Mebibyte, 1.005 * Mebibytes * Mebibyte), "what goes around the bytes");
    }

    [Test]
    public async Task A_circuit_at_rest_holds_no_buffer()
    {
        await using CountedRelay relay = await CountedRelay.StartAsync();
        await AssertNoneAsync(relay);
        await using CircuitStream circuit = await relay.OpenCircuitAsync();
        await AssertNoneAsync(relay);

        await CountedRelay.CarryAsync(circuit, 4 * Mebibyte, _chunk);

        await AssertNoneAsync(relay);
    }

    [Test]
    public async Task Many_circuits_at_rest_hold_none_either()
    {
        await using CountedRelay relay = await CountedRelay.StartAsync();
        var circuits = new List<CircuitStream>();
        for (int i = 0; i < 64; i++)
            circuits.Add(await relay.OpenCircuitAsync());

        await Task.WhenAll(circuits.Select(circuit => CountedRelay.CarryAsync(circuit, Mebibyte, _chunk)));

        await AssertNoneAsync(relay);
        foreach (CircuitStream circuit in circuits)
            await circuit.DisposeAsync();
    }

    private static Task AssertNoneAsync(CountedRelay relay) => Eventually.TrueAsync(
        () => relay.Circuits.RentedBuffers == 0 && relay.Node.RentedBuffers == 0, "every buffer is returned");
}
