using Relay.Circuit;
using Relay.Libp2p;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Tests.Nodes;

[TestFixture]
internal sealed class DrainTests : NodeTest
{
    private const string Hold = "/hold/1.0.0";

    [Test]
    public async Task A_node_drains_and_stops_and_can_be_started_again()
    {
        RelayNode relay = await StartOpenRelayAsync();
        (RelayNode source, MuxedStream stream) = await OpenCircuitAsync(relay);
        Task<bool> drain = relay.DrainAsync(TimeSpan.FromMinutes(1));
        await stream.WriteAsync(new byte[] { 7 });
        Assert.That(await ReadAsync(stream), Is.EqualTo(7), "the circuit goes on");
        Assert.That(drain.IsCompleted, Is.False);

        await source.StopAsync().InTime();
        Assert.That(await drain.InTime(), Is.True);
        Assert.That((relay.ListenAddresses, relay.Counts), Is.EqualTo((Array.Empty<Multiaddress>(), default(RelayNodeCounts))));

        await relay.StartAsync().InTime();
        await (await StartPeerAsync()).Relays.ReserveAsync(relay.ListenAddresses[0]).InTime();
    }

    [Test]
    public async Task A_node_that_was_told_to_drain_before_it_was_started_starts_and_serves()
    {
        RelayNode relay = Build(CreateConfig(service => service.NetworkOnly = false));
        Assert.That(await relay.DrainAsync(TimeSpan.FromMinutes(1)).InTime(), Is.True);
        await relay.StartAsync().InTime();
        await (await StartPeerAsync()).Relays.ReserveAsync(relay.ListenAddresses[0]).InTime();
    }

    [Test]
    public async Task A_drain_that_is_given_up_while_the_node_still_starts_does_not_wait_for_that_and_the_node_stops()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = new TaskCompletionSource<IEnumerable<PeerId>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var source = new DelegateMembershipSource(MembershipKind.Authoritative, _ =>
        {
            asked.SetResult();
            return new ValueTask<IEnumerable<PeerId>>(answer.Task);
        });
        RelayNode relay = Build(CreateConfig(), builder => builder.WithMembership(source));
        Task start = relay.StartAsync();
        await asked.Task.InTime();
        using var patience = new CancellationTokenSource();
        Task<bool> drain = relay.DrainAsync(TimeSpan.FromHours(1), patience.Token);

        await patience.CancelAsync();

        Assert.CatchAsync<OperationCanceledException>(() => drain.InTime());
        answer.SetResult([]);
        await start.InTime();
        await Eventually.TrueAsync(() => relay.ListenAddresses.Count == 0, "the stop");
    }

    [Test]
    public async Task A_stop_ends_a_drain()
    {
        RelayNode relay = await StartOpenRelayAsync();
        await OpenCircuitAsync(relay);
        Task<bool> drain = relay.DrainAsync(TimeSpan.FromHours(1));
        await relay.StopAsync().InTime();
        Assert.That(await drain.InTime(), Is.False);
    }

    [Test]
    public async Task A_node_that_serves_nobody_drains_at_once()
        => Assert.That(await (await StartPeerAsync()).DrainAsync(TimeSpan.FromHours(1)).InTime(), Is.True);

    [Test]
    public async Task A_node_that_drains_before_its_first_start_can_be_started()
    {
        RelayNode relay = Build(CreateConfig(service => service.NetworkOnly = false));

        Assert.That(await relay.DrainAsync(TimeSpan.FromHours(1)).InTime(), Is.True);
        await relay.StartAsync().InTime();

        await (await StartPeerAsync()).Relays.ReserveAsync(relay.ListenAddresses[0]).InTime();
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_timeout_outside_its_range_is_refused_whether_or_not_the_node_serves(bool isDisabled)
    {
        RelayNode node = Build(CreateConfig(service => (service.Disabled, service.NetworkOnly) = (isDisabled, false)));

        Assert.That(() => node.DrainAsync(TimeSpan.FromTicks(-1)), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => node.DrainAsync(TimeSpan.FromDays(1) + TimeSpan.FromTicks(1)), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => node.DrainAsync(TimeSpan.Zero), Throws.Nothing);
        Assert.That(() => node.DrainAsync(TimeSpan.FromDays(1)), Throws.Nothing);
    }

    [Test]
    public async Task What_the_node_takes_at_worst_is_logged_at_every_start()
    {
        using var log = new RecordingLogger();
        RelayNode relay = await StartAsync(CreateConfig(service => service.NetworkOnly = false), builder => builder.WithLoggerFactory(log));
        Assert.That(log.Entries.Select(entry => entry.Message), Has.One.EqualTo($"Memory: {RelayBudget.WorstCase(relay.Options)}"));
    }

    [Test]
    public async Task Connections_are_reserved_memory_and_circuits_too()
    {
        RelayNode relay = await StartOpenRelayAsync();
        Assert.That(relay.Relay!.ReservedMemory, Is.Zero);
        await OpenCircuitAsync(relay);
        long expected = NodeMemory.Of(2, 2, 0) + RelayMemory.PerReservation + RelayMemory.OfCircuit(64 * 1024, NodeMemory.StreamQueue);
        await Eventually.EqualsAsync(expected, () => relay.Relay!.ReservedMemory, "what one circuit takes when nothing else is under way");
        Assert.That(relay.Relay!.ReservedMemory, Is.LessThan(RelayBudget.WorstCase(relay.Options).Total));
    }

    private async Task<(RelayNode Source, MuxedStream Stream)> OpenCircuitAsync(RelayNode relay)
    {
        RelayNode destination = await StartPeerAsync();
        destination.Handle(Hold, async stream =>
        {
            byte[] one = new byte[1];
            while (await stream.ReadAsync(one) > 0)
                await stream.WriteAsync(one);
        });
        await destination.Relays.ReserveAsync(relay.ListenAddresses[0]).InTime();
        RelayNode source = await StartPeerAsync();
        MuxedStream stream = await source.OpenStreamAsync(Through(relay, destination), Hold, allowLimited: true).InTime();
        await stream.WriteAsync(new byte[] { 1 });
        Assert.That(await ReadAsync(stream), Is.EqualTo(1));
        return (source, stream);
    }

    private static async Task<byte> ReadAsync(MuxedStream stream)
    {
        byte[] one = new byte[1];
        await stream.ReadExactlyAsync(one).AsTask().InTime();
        return one[0];
    }
}
