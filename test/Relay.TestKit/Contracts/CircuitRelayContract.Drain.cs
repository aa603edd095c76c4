using NUnit.Framework;
using Relay.Circuit;
using Relay.Circuit.Host;
using Relay.TestKit.Wire;

namespace Relay.TestKit.Contracts;

public abstract partial class CircuitRelayContract
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromMinutes(10);

    [Test]
    public async Task Draining_withdraws_hop_and_lets_circuits_finish()
    {
        StartRelay();
        RelayedCircuit circuit = await OpenCircuitAsync();
        Task<bool> drain = Relay.DrainAsync(DrainTime);

        IRelayHost late = await AddPeerAsync();
        Assert.That(async () => await OpenHopAsync(late), Throws.InstanceOf<HostStreamException>(), "HOP is withdrawn");
        await circuit.Source.SendAsync("still here"u8.ToArray());
        Assert.That(await circuit.Destination.ReceiveAsync(10), Is.EqualTo("still here"u8.ToArray()));
        Assert.That(drain.IsCompleted, Is.False);

        await CloseAsync(circuit);
        Assert.That(await drain.InTime(), Is.True);
        Assert.That(Relay.Counts, Is.EqualTo(default(CircuitRelayCounts)));
    }

    [Test]
    public async Task What_has_not_finished_when_the_drain_time_is_over_is_reset_and_not_a_moment_early()
    {
        StartRelay();
        RelayedCircuit circuit = await OpenCircuitAsync();
        Task<bool> drain = Relay.DrainAsync(DrainTime);
        await Time.TimerIsArmedAsync(DrainTime);

        Time.Advance(DrainTime - TimeSpan.FromTicks(1));
        await circuit.Source.SendAsync([1]);
        Assert.That(await circuit.Destination.ReceiveAsync(1), Is.EqualTo([1]));
        Time.Advance(TimeSpan.FromTicks(1));
        Assert.That(await drain.InTime(), Is.False);
        Assert.That(Log.Entries.Single(entry => entry.EventId == 1018).Message, Does.EndWith(": 1 circuits are cut off"));
        Assert.That((await circuit.Source.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
        Assert.That((await circuit.Destination.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
    }

    [Test]
    public async Task Cancelling_a_drain_ends_it_at_once()
    {
        StartRelay();
        RelayedCircuit circuit = await OpenCircuitAsync();
        using var enough = new CancellationTokenSource();
        Task<bool> drain = Relay.DrainAsync(DrainTime, enough.Token);
        await enough.CancelAsync();
        Assert.That(await drain.InTime(), Is.False);
        Assert.That((await circuit.Source.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
    }

    [Test]
    public async Task Requests_that_go_nowhere_and_streams_that_linger_hold_no_drain_up()
    {
        StartRelay();
        IRelayHost peer = await AddPeerAsync();
        IHostStream silent = await OpenHopAsync(peer);
        await silent.SendAsync([5]); // the length of a message that does not come
        IHostStream answered = await OpenHopAsync(peer);
        await answered.SendAsync(RawHop.Reserve());
        Assert.That(RawHop.StatusOf(await answered.ReceiveMessageAsync()), Is.EqualTo(Status.Ok));
        Assert.That(await answered.ReceiveAllAsync(), Is.Empty, "and the peer does not close its side");
        await Eventually.EqualsAsync(2, () => Relay.Counts.HopStreams, "HOP streams");

        Assert.That(await Relay.DrainAsync(DrainTime).InTime(), Is.True);
        Assert.That(Relay.Counts, Is.EqualTo(default(CircuitRelayCounts)));
    }

    [Test]
    public async Task A_circuit_on_the_way_is_let_finish_too()
    {
        StartRelay();
        var asked = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync(async stream =>
        {
            asked.SetResult();
            await answer.Task;
            await stream.SendAsync(RawStop.Answer(Status.Ok));
        });
        Task<RelayedCircuit> opening = OpenCircuitAsync(await AddPeerAsync(), destination);
        await asked.Task.InTime();
        Task<bool> drain = Relay.DrainAsync(DrainTime);

        answer.SetResult();
        RelayedCircuit circuit = await opening.InTime();
        await circuit.Source.SendAsync([1]);
        Assert.That(await circuit.Destination.ReceiveAsync(1), Is.EqualTo([1]));
        Assert.That(drain.IsCompleted, Is.False);
        await CloseAsync(circuit);
        Assert.That(await drain.InTime(), Is.True);
    }

    [Test]
    public async Task Stopping_a_relay_that_drains_cuts_its_circuits_off_and_the_drain_says_so()
    {
        StartRelay();
        RelayedCircuit circuit = await OpenCircuitAsync();
        Task<bool> drain = Relay.DrainAsync(DrainTime);
        await Relay.StopAsync().InTime();
        Assert.That(await drain.InTime(), Is.False);
        Assert.That((await circuit.Source.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
    }

    [Test]
    public async Task A_relay_without_circuits_has_drained_at_once_and_may_be_told_again()
    {
        StartRelay();
        await ReserveAsync(await AddPeerAsync());
        Assert.That(await Relay.DrainAsync(DrainTime).InTime(), Is.True);
        Assert.That(await Relay.DrainAsync(TimeSpan.Zero).InTime(), Is.True);
        Assert.That(Relay.Counts, Is.EqualTo(default(CircuitRelayCounts)));
    }

    [Test]
    public async Task Requests_under_way_are_refused_as_draining_and_renewals_too([Values] bool isRenewal)
    {
        StartRelay();
        RelayedCircuit open = await OpenCircuitAsync();
        using RelaySubscription events = Relay.Subscribe();
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        IRelayHost peer = isRenewal ? destination.Host : await AddPeerAsync();
        byte[] reserve = RawHop.Reserve().ToFrame();
        byte[] connect = RawHop.Connect(destination.Host.LocalPeer).ToFrame();
        IHostStream reserving = await OpenHopAsync(peer);
        IHostStream connecting = await OpenHopAsync(await AddPeerAsync());
        await reserving.SendAsync(reserve[..1]); // so that both streams have been taken before the drain begins
        await connecting.SendAsync(connect[..1]);
        await Eventually.EqualsAsync(3, () => Relay.Counts.HopStreams, "HOP streams, with the circuit's");
        Task<bool> drain = Relay.DrainAsync(DrainTime);

        await reserving.SendAsync(reserve[1..]);
        Assert.That(RawHop.StatusOf(await ReceiveLastAsync(reserving)), Is.EqualTo(Status.ReservationRefused));
        await connecting.SendAsync(connect[1..]);
        Assert.That(RawHop.StatusOf(await ReceiveLastAsync(connecting)), Is.EqualTo(Status.ResourceLimitExceeded));
        await CloseAsync(open);
        Assert.That(await drain.InTime(), Is.True);

        var reasons = new List<ReasonCode>();
        await foreach (RelayEvent happened in events)
        {
            if (happened is RelayEvent.Decided { Decision: var decision })
                reasons.Add(decision.Reason);
        }

        Assert.That(reasons, Is.EqualTo([ReasonCode.Reserved, ReasonCode.Draining, ReasonCode.Draining]));
    }
}
