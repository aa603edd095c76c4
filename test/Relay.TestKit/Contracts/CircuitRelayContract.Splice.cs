using NUnit.Framework;
using Relay.Circuit;
using Relay.Circuit.Host;
using Relay.TestKit.Wire;

namespace Relay.TestKit.Contracts;

public abstract partial class CircuitRelayContract
{
    private static (IHostStream Near, IHostStream Far) Ends(RelayedCircuit circuit, bool fromSource)
        => fromSource ? (circuit.Source, circuit.Destination) : (circuit.Destination, circuit.Source);

    private async Task<RelayedCircuit> OpenCircuitAsync() => await OpenCircuitAsync(await AddPeerAsync(), await AddDestinationAsync());

    [Test]
    public async Task Half_close_passes_through_and_the_other_way_stays_open([Values] bool fromSource)
    {
        StartRelay();
        (IHostStream near, IHostStream far) = Ends(await OpenCircuitAsync(), fromSource);

        await near.SendAsync("last words"u8.ToArray());
        await near.FinishAsync();
        Assert.That(await far.ReceiveAllAsync(), Is.EqualTo("last words"u8.ToArray()));

        await far.SendAsync(new byte[100_000]);
        Assert.That(await near.ReceiveAsync(100_000), Has.Length.EqualTo(100_000));
        Assert.That(Relay.Counts.Circuits, Is.EqualTo(1), "the slot is held until both ways have ended");

        await far.FinishAsync();
        Assert.That(await near.ReceiveAllAsync(), Is.Empty);
        await CircuitsAreAsync(0);
    }

    [Test]
    public async Task A_reset_passes_through([Values] bool fromSource)
    {
        StartRelay();
        (IHostStream near, IHostStream far) = Ends(await OpenCircuitAsync(), fromSource);

        near.Reset();

        Assert.That((await far.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
        await CircuitsAreAsync(0);
    }

    [Test]
    public async Task A_lost_connection_resets_the_other_end([Values] bool ofSource)
    {
        StartRelay();
        IRelayHost source = await AddPeerAsync();
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        RelayedCircuit circuit = await OpenCircuitAsync(source, destination);

        await Network.DisconnectAsync(ofSource ? source : destination.Host).InTime();

        Assert.That((await Ends(circuit, ofSource).Far.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
        await CircuitsAreAsync(0);
    }

    [Test]
    public async Task Exactly_the_data_limit_passes_each_way()
    {
        const int Limit = 150_001;
        StartRelay(new CircuitRelayOptions { MaxData = Limit });
        RelayedCircuit circuit = await OpenCircuitAsync();

        foreach (bool fromSource in new[] { true, false })
        {
            (IHostStream near, IHostStream far) = Ends(circuit, fromSource);
            Task sending = near.SendAsync(new byte[Limit]);
            Assert.That(await far.ReceiveAsync(Limit), Has.Length.EqualTo(Limit));
            await sending;
            await near.FinishAsync();
            Assert.That(await far.ReceiveAllAsync(), Is.Empty);
        }

        await CircuitsAreAsync(0);
    }

    [Test]
    public async Task One_byte_over_the_data_limit_resets_both_ends([Values] bool fromSource)
    {
        const int Limit = 10_000;
        StartRelay(new CircuitRelayOptions { MaxData = Limit });
        (IHostStream near, IHostStream far) = Ends(await OpenCircuitAsync(), fromSource);

        await near.SendAsync(new byte[Limit]);
        Assert.That(await far.ReceiveAsync(Limit), Has.Length.EqualTo(Limit));
        await near.SendAsync([1]);

        Assert.That(await far.ReceiveUntilResetAsync(), Is.EqualTo((0L, HostStreamError.Reset)));
        Assert.That(await near.ReceiveUntilResetAsync(), Is.EqualTo((0L, HostStreamError.Reset)));
        await CircuitsAreAsync(0);
    }

    [Test]
    public async Task No_more_than_the_data_limit_arrives_of_one_big_write([Values] bool fromSource)
    {
        const int Limit = 10_000;
        StartRelay(new CircuitRelayOptions { MaxData = Limit, BufferSize = 4096 });
        (IHostStream near, IHostStream far) = Ends(await OpenCircuitAsync(), fromSource);

        await near.SendAsync(new byte[Limit + 1]);

        (long bytes, HostStreamError error) = await far.ReceiveUntilResetAsync();
        Assert.That(bytes, Is.LessThanOrEqualTo(Limit));
        Assert.That(error, Is.EqualTo(HostStreamError.Reset));
        Assert.That((await near.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
    }

    [Test]
    public async Task The_duration_limit_resets_both_ends_and_not_a_moment_early()
    {
        StartRelay(new CircuitRelayOptions { MaxDuration = TimeSpan.FromMinutes(7) });
        RelayedCircuit circuit = await OpenCircuitAsync();
        await Time.TimerIsArmedAsync(TimeSpan.FromMinutes(7));

        Time.Advance(TimeSpan.FromMinutes(7) - TimeSpan.FromTicks(1));
        await circuit.Source.SendAsync([1]);
        Assert.That(await circuit.Destination.ReceiveAsync(1), Is.EqualTo([1]));

        Time.Advance(TimeSpan.FromTicks(1));
        Assert.That(await circuit.Source.ReceiveUntilResetAsync(), Is.EqualTo((0L, HostStreamError.Reset)));
        Assert.That(await circuit.Destination.ReceiveUntilResetAsync(), Is.EqualTo((0L, HostStreamError.Reset)));
        await CircuitsAreAsync(0);
    }

    [Test]
    public async Task The_duration_limit_ends_a_circuit_whose_receiver_does_not_read([Values] bool fromSource)
    {
        StartRelay(new CircuitRelayOptions { MaxDuration = TimeSpan.FromMinutes(7) });
        (IHostStream near, IHostStream far) = Ends(await OpenCircuitAsync(), fromSource);
        await Time.TimerIsArmedAsync(TimeSpan.FromMinutes(7));
        Task blocked = near.SendAsync(new byte[64 << 20]);
        await Eventually.EqualsAsync(1, () => Relay.Counts.RentedBuffers, "the buffers of the blocked way");
        Assert.That(blocked.IsCompleted, Is.False);

        Time.Advance(TimeSpan.FromMinutes(7));

        Assert.That(async () => await blocked, Throws.InstanceOf<HostStreamException>());
        Assert.That((await far.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
        await CircuitsAreAsync(0);
    }

    [Test]
    public async Task A_circuit_outlives_its_reservation()
    {
        StartRelay(new CircuitRelayOptions { ReservationTtl = TimeSpan.FromMinutes(1) });
        RelayedCircuit circuit = await OpenCircuitAsync();

        Time.Advance(TimeSpan.FromMinutes(2));

        Assert.That((Relay.Counts.Reservations, Relay.Counts.Circuits), Is.EqualTo((0, 1)));
        await circuit.Source.SendAsync([1]);
        Assert.That(await circuit.Destination.ReceiveAsync(1), Is.EqualTo([1]));
        await CloseAsync(circuit);
    }

    [Test]
    public async Task Stopping_resets_circuits_and_waits_for_them()
    {
        StartRelay();
        RelayedCircuit circuit = await OpenCircuitAsync();

        await Task.WhenAll(Relay.StopAsync(), Relay.StopAsync(), Relay.DisposeAsync().AsTask()).InTime();

        Assert.That(Relay.Counts, Is.EqualTo(default(CircuitRelayCounts)));
        Assert.That((await circuit.Source.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
        Assert.That((await circuit.Destination.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
        IRelayHost late = await AddPeerAsync();
        Assert.That(async () => await OpenHopAsync(late), Throws.InstanceOf<HostStreamException>(), "HOP is withdrawn");
    }
}
