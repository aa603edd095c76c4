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
        using RelaySubscription events = Relay.Subscribe();
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        IRelayHost peer = isRenewal ? destination.Host : await AddPeerAsync();
        byte[] reserve = RawHop.Reserve().ToFrame();
        byte[] connect = RawHop.Connect(destination.Host.LocalPeer).ToFrame();
        IHostStream reserving = await OpenHopAsync(peer);
        IHostStream connecting = await OpenHopAsync(await AddPeerAsync());
        await reserving.SendAsync(reserve[..1]); // so that both streams have been taken before the drain begins
        await connecting.SendAsync(connect[..1]);
        await Eventually.EqualsAsync(2, () => Relay.Counts.HopStreams, "HOP streams");
        Task<bool> drain = Relay.DrainAsync(DrainTime);

        await reserving.SendAsync(reserve[1..]);
        Assert.That(RawHop.StatusOf(await ReceiveLastAsync(reserving)), Is.EqualTo(Status.ReservationRefused));
        await connecting.SendAsync(connect[1..]);
        Assert.That(RawHop.StatusOf(await ReceiveLastAsync(connecting)), Is.EqualTo(Status.ResourceLimitExceeded));
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
