using NUnit.Framework;
using Relay.Circuit;
using Relay.Circuit.Host;
using Relay.TestKit.Wire;

namespace Relay.TestKit.Contracts;

public abstract partial class CircuitRelayContract
{
    // A quarter of a second's bytes pass at once; then each buffer of 1024 bytes takes 10 ms.
    private const int Rate = 102_400;
    private const int Burst = Rate / 4;
    private static readonly TimeSpan PerBuffer = TimeSpan.FromMilliseconds(10);
    private static readonly CircuitRelayOptions PacedCircuit = new() { MaxCircuitBandwidth = Rate, BufferSize = 1024 };
    private static readonly CircuitRelayOptions PacedRelay = new() { MaxTotalBandwidth = Rate, BufferSize = 1024 };

    private long CarriedBytes => Relay.TakeSnapshot().Circuits.Sum(circuit => circuit.BytesToDestination + circuit.BytesToSource);

    [Test]
    public async Task A_circuit_carries_exactly_its_bandwidth([Values] bool fromSource)
    {
        StartRelay(PacedCircuit);
        (IHostStream near, IHostStream far) = Ends(await OpenCircuitAsync(), fromSource);

        await near.SendAsync(new byte[Burst + 3 * 1024]);
        Assert.That(await far.ReceiveAsync(Burst), Has.Length.EqualTo(Burst));
        for (int buffers = 0; buffers < 3; buffers++)
        {
            await Time.TimerIsArmedAsync(PerBuffer);
            Time.Advance(PerBuffer - TimeSpan.FromTicks(1));
            Assert.That(CarriedBytes, Is.EqualTo(Burst + buffers * 1024), "nothing before its time");
            Time.Advance(TimeSpan.FromTicks(1));
            Assert.That(await far.ReceiveAsync(1024), Has.Length.EqualTo(1024));
        }
    }

    [Test]
    public async Task Each_circuit_and_each_direction_has_a_bandwidth_of_its_own()
    {
        StartRelay(PacedCircuit);
        RelayedCircuit first = await OpenCircuitAsync();
        RelayedCircuit second = await OpenCircuitAsync();
        foreach (IHostStream end in new[] { first.Source, first.Destination, second.Source, second.Destination })
            await end.SendAsync(new byte[Burst]);
        foreach (IHostStream end in new[] { first.Source, first.Destination, second.Source, second.Destination })
            Assert.That(await end.ReceiveAsync(Burst), Has.Length.EqualTo(Burst));
    }

    [Test]
    public async Task All_circuits_and_directions_together_carry_exactly_the_total_bandwidth()
    {
        StartRelay(PacedRelay);
        RelayedCircuit first = await OpenCircuitAsync();
        RelayedCircuit second = await OpenCircuitAsync();
        foreach (IHostStream end in new[] { first.Source, first.Destination, second.Source })
            await end.SendAsync(new byte[10 * 1024]);

        await Eventually.EqualsAsync(Burst, () => CarriedBytes, "what passes at once");
        await Time.TimerIsArmedAsync(PerBuffer);
        Time.Advance(PerBuffer - TimeSpan.FromTicks(1));
        Assert.That(CarriedBytes, Is.EqualTo(Burst), "nothing before its time");
        Time.Advance(TimeSpan.FromTicks(1));
        await Eventually.EqualsAsync(Burst + 1024, () => CarriedBytes, "what passes then");

        Relay.Apply(new CircuitRelayOptions());
        await Eventually.EqualsAsync(3 * 10 * 1024, () => CarriedBytes, "what passes when the limit is lifted");
    }

    [Test]
    public async Task A_paused_circuit_holds_no_buffer()
    {
        StartRelay(PacedCircuit);
        RelayedCircuit circuit = await OpenCircuitAsync();
        await circuit.Source.SendAsync(new byte[2 * Burst]);
        await circuit.Destination.ReceiveAsync(Burst);
        await Time.TimerIsArmedAsync(PerBuffer);
        await Eventually.EqualsAsync(0, () => Relay.Counts.RentedBuffers, "buffers of a paused circuit");
    }

    [Test]
    public async Task A_pause_keeps_no_reset_of_its_receiver_back([Values] bool fromSource, [Values] bool isTotal)
    {
        (IHostStream near, IHostStream far) = await PauseAsync(fromSource, isTotal ? PacedRelay : PacedCircuit);
        far.Reset();
        Assert.That((await near.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
        await CircuitsAreAsync(0);
    }

    [Test]
    public async Task A_reset_of_its_sender_is_noticed_when_a_pause_ends([Values] bool fromSource)
    {
        (IHostStream near, IHostStream far) = await PauseAsync(fromSource, PacedCircuit);
        near.Reset();
        await Eventually.TrueAsync(
            () =>
            {
                Time.Advance(PerBuffer);
                return Relay.Counts.Circuits == 0;
            },
            "the end of the circuit");
        Assert.That((await far.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
    }

    [Test]
    public async Task A_pause_keeps_no_half_close_back([Values] bool fromSource)
    {
        (IHostStream near, IHostStream far) = await PauseAsync(fromSource, PacedCircuit);
        await far.SendAsync([7]);
        await far.FinishAsync();
        Assert.That(await near.ReceiveAllAsync(), Is.EqualTo([7]), "the other way goes on and ends");

        await near.FinishAsync();
        Task<byte[]> rest = far.ReceiveAllAsync();
        await Eventually.TrueAsync(
            () =>
            {
                Time.Advance(PerBuffer);
                return rest.IsCompleted;
            },
            "the end of what was paused");
        Assert.That(await rest, Has.Length.EqualTo(Burst), "all that was held back came before the end");
    }

    [Test]
    public async Task A_pause_keeps_no_duration_limit_back([Values] bool isTotal)
    {
        var duration = TimeSpan.FromMilliseconds(9); // less than the pause
        (IHostStream near, IHostStream far) = await PauseAsync(true, (isTotal ? PacedRelay : PacedCircuit) with { MaxDuration = duration });
        Time.Advance(duration);
        Assert.That((await near.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
        Assert.That((await far.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
        await CircuitsAreAsync(0);
    }

    [Test]
    public async Task A_pause_keeps_no_stop_back([Values] bool isTotal)
    {
        await PauseAsync(true, isTotal ? PacedRelay : PacedCircuit);
        await Relay.StopAsync().InTime();
        Assert.That(Relay.Counts, Is.EqualTo(default(CircuitRelayCounts)));
    }

    [Test]
    public async Task A_circuit_without_a_byte_is_reset_when_its_idle_time_is_over_and_not_a_moment_early()
    {
        var idle = TimeSpan.FromMinutes(5);
        StartRelay(new CircuitRelayOptions { CircuitIdleTimeout = idle });
        RelayedCircuit circuit = await OpenCircuitAsync();
        await Time.TimerIsArmedAsync(idle);

        Time.Advance(idle - TimeSpan.FromTicks(1));
        Assert.That(Relay.Counts.Circuits, Is.EqualTo(1));
        Time.Advance(TimeSpan.FromTicks(1));
        Assert.That(await circuit.Source.ReceiveUntilResetAsync(), Is.EqualTo((0L, HostStreamError.Reset)));
        Assert.That(await circuit.Destination.ReceiveUntilResetAsync(), Is.EqualTo((0L, HostStreamError.Reset)));
        await CircuitsAreAsync(0);
    }

    [Test]
    public async Task A_byte_either_way_starts_the_idle_time_anew([Values] bool fromSource)
    {
        var idle = TimeSpan.FromMinutes(5);
        StartRelay(new CircuitRelayOptions { CircuitIdleTimeout = idle });
        (IHostStream near, IHostStream far) = Ends(await OpenCircuitAsync(), fromSource);
        await Time.TimerIsArmedAsync(idle);

        Time.Advance(TimeSpan.FromMinutes(4));
        await near.SendAsync([1]);
        Assert.That(await far.ReceiveAsync(1), Is.EqualTo([1]));
        await Eventually.EqualsAsync(1, () => CarriedBytes, "what was carried");

        Time.Advance(idle - TimeSpan.FromTicks(1));
        Assert.That(Relay.Counts.Circuits, Is.EqualTo(1));
        Time.Advance(TimeSpan.FromTicks(1));
        Assert.That((await far.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
        await CircuitsAreAsync(0);
    }

    [Test]
    public async Task A_circuit_whose_receiver_does_not_read_is_idle()
    {
        StartRelay(new CircuitRelayOptions { CircuitIdleTimeout = TimeSpan.FromMinutes(5) });
        RelayedCircuit circuit = await OpenCircuitAsync();
        Task blocked = circuit.Source.SendAsync(new byte[64 << 20]);
        await Eventually.EqualsAsync(1, () => Relay.Counts.RentedBuffers, "the buffers of the blocked way");
        await Eventually.TrueAsync(
            () =>
            {
                Time.Advance(TimeSpan.FromMinutes(1));
                return Relay.Counts.Circuits == 0;
            },
            "the end of the circuit");
        Assert.That(async () => await blocked, Throws.InstanceOf<HostStreamException>());
    }

    [Test]
    public async Task Circuits_that_stand_in_line_for_the_total_bandwidth_are_not_idle()
    {
        const int Circuits = 8;
        const int Piece = 256; // a quarter of a second's bytes: a round through the line takes two seconds
        StartRelay(new CircuitRelayOptions { MaxTotalBandwidth = 1024, BufferSize = 1024, CircuitIdleTimeout = TimeSpan.FromSeconds(1) });
        for (int i = 0; i < Circuits; i++)
            await (await OpenCircuitAsync()).Source.SendAsync(new byte[4 * Piece]);
        for (int pieces = 1; pieces <= 2 * Circuits; pieces++)
        {
            int carried = pieces * Piece;
            await Eventually.EqualsAsync(carried, () => CarriedBytes, "what was carried");
            Assert.That(Relay.Counts.Circuits, Is.EqualTo(Circuits));
            await Time.TimerIsArmedAsync(TimeSpan.FromSeconds(0.25));
            Time.Advance(TimeSpan.FromSeconds(0.25));
        }
    }

    [Test]
    public async Task A_circuit_that_is_paused_is_not_idle()
    {
        StartRelay(PacedCircuit with { CircuitIdleTimeout = TimeSpan.FromSeconds(1), MaxDuration = null });
        RelayedCircuit circuit = await OpenCircuitAsync();
        await circuit.Source.SendAsync(new byte[Burst]);
        await circuit.Destination.ReceiveAsync(Burst);
        for (int i = 0; i < 12; i++)
        {
            // A byte every tenth of a second, for longer than the idle time: each starts it anew.
            Time.Advance(TimeSpan.FromMilliseconds(100));
            await circuit.Source.SendAsync([1]);
            await circuit.Destination.ReceiveAsync(1);
        }

        Assert.That(Relay.Counts.Circuits, Is.EqualTo(1));
    }

    /// <summary>Opens a circuit and fills one way of it until it is paused; the near end's remaining <see cref="Burst"/> bytes wait.</summary>
    private async Task<(IHostStream Near, IHostStream Far)> PauseAsync(bool fromSource, CircuitRelayOptions options)
    {
        StartRelay(options);
        (IHostStream near, IHostStream far) = Ends(await OpenCircuitAsync(), fromSource);
        await near.SendAsync(new byte[2 * Burst]);
        await far.ReceiveAsync(Burst);
        await Time.TimerIsArmedAsync(PerBuffer);
        return (near, far);
    }
}
