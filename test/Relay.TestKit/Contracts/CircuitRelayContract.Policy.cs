using NUnit.Framework;
using Relay.Circuit;
using Relay.Circuit.Host;
using Relay.TestKit.Wire;

namespace Relay.TestKit.Contracts;

// What changes while the relay runs.
public abstract partial class CircuitRelayContract
{
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(40);

    [Test]
    public async Task New_options_hold_for_what_is_granted_from_then_on_and_drop_nothing()
    {
        StartRelay(new CircuitRelayOptions { MaxData = 5, MaxDuration = null, ReservationTtl = TimeSpan.FromMinutes(10) });
        (IRelayHost Host, ScriptedDestination Stop) first = await AddDestinationAsync();
        (IRelayHost Host, ScriptedDestination Stop) second = await AddDestinationAsync();
        RelayedCircuit old = await OpenCircuitAsync(await AddPeerAsync(), first);

        Relay.Apply(new CircuitRelayOptions { MaxData = 9, MaxDuration = null, MaxReservations = 1, MaxTotalCircuits = 2, ReservationTtl = TimeSpan.FromMinutes(3) });

        Assert.That(RawHop.StatusOf(await ReserveAsync(await AddPeerAsync())), Is.EqualTo(Status.ReservationRefused), "two hold one already");
        RawMessage renewal = await ReserveAsync(second.Host);
        Assert.That(renewal.Message(3)!.Varint(1), Is.EqualTo((ulong)(Time.GetUtcNow() + TimeSpan.FromMinutes(3)).ToUnixTimeSeconds()));
        Assert.That(renewal.Message(4)!.Varint(2), Is.EqualTo(9));
        RelayedCircuit fresh = await OpenCircuitAsync(await AddPeerAsync(), first);
        Assert.That((old.HopAnswer.Message(4)!.Varint(2), fresh.HopAnswer.Message(4)!.Varint(2)), Is.EqualTo(((ulong?)5, (ulong?)9)));
        Assert.That(await ConnectRefusedAsync(await AddPeerAsync(), first.Host), Is.EqualTo(Status.ResourceLimitExceeded));

        await fresh.Source.SendAsync(new byte[9]);
        Assert.That(await fresh.Destination.ReceiveAsync(9), Has.Length.EqualTo(9));
        await CloseAsync(fresh);
        await old.Source.SendAsync(new byte[6]);
        Assert.That((await old.Source.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset), "one over what it was opened with");

        Time.Advance(TimeSpan.FromMinutes(3));
        Assert.That(Relay.Counts.Reservations, Is.EqualTo(1), "the one that was not renewed keeps the ten minutes it was told");
    }

    [Test]
    public async Task Bad_options_are_refused_whole_with_every_error_and_the_last_good_ones_stay()
    {
        var good = new CircuitRelayOptions { MaxReservations = 1 };
        StartRelay(good);
        await ReserveAsync(await AddPeerAsync());

        CircuitRelayOptionsException? e = Assert.Throws<CircuitRelayOptionsException>(
            () => Relay.Apply(new CircuitRelayOptions { MaxReservations = 5, MaxTotalCircuits = 0, ReservationTtl = TimeSpan.Zero }));

        Assert.That(e!.Errors.Select(error => error.Option), Is.EqualTo([nameof(good.MaxTotalCircuits), nameof(good.ReservationTtl)]));
        Assert.That(Relay.Options, Is.SameAs(good));
        Assert.That(RawHop.StatusOf(await ReserveAsync(await AddPeerAsync())), Is.EqualTo(Status.ReservationRefused));
    }

    [Test]
    public async Task Who_is_expelled_keeps_what_he_holds_unless_told_otherwise_and_cannot_renew()
    {
        StartRelay();
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();

        Expel(destination.Host);

        Assert.That(RawHop.StatusOf(await ReserveAsync(destination.Host)), Is.EqualTo(Status.PermissionDenied));
        await CloseAsync(await OpenCircuitAsync(await AddPeerAsync(), destination));
    }

    [Test]
    public async Task Who_is_expelled_can_lose_his_reservation_at_once_and_keep_his_circuits()
    {
        StartRelay(new CircuitRelayOptions { OnMembershipLoss = MembershipLoss.Evict });
        (IRelayHost Host, ScriptedDestination Stop) expelled = await AddDestinationAsync();
        (IRelayHost Host, ScriptedDestination Stop) member = await AddDestinationAsync();
        RelayedCircuit circuit = await OpenCircuitAsync(await AddPeerAsync(), expelled);

        Expel(expelled.Host);

        Assert.That(await ConnectRefusedAsync(await AddPeerAsync(), expelled.Host), Is.EqualTo(Status.NoReservation));
        await CloseAsync(await OpenCircuitAsync(await AddPeerAsync(), member));
        await circuit.Source.SendAsync([1]);
        Assert.That(await circuit.Destination.ReceiveAsync(1), Is.EqualTo([1]));
        await CloseAsync(circuit);
    }

    [Test]
    public async Task Who_is_expelled_can_lose_his_circuits_too_after_a_while_and_not_a_moment_early()
    {
        StartRelay(new CircuitRelayOptions { OnMembershipLoss = MembershipLoss.Drain, MembershipLossDrain = Drain });
        (IRelayHost Host, ScriptedDestination Stop) expelled = await AddDestinationAsync();
        (IRelayHost Host, ScriptedDestination Stop) member = await AddDestinationAsync();
        RelayedCircuit lost = await OpenCircuitAsync(await AddPeerAsync(), expelled);
        RelayedCircuit kept = await OpenCircuitAsync(expelled.Host, member);

        Expel(expelled.Host);
        Relay.PolicyChanged(); // once more: the end does not move

        Assert.That(Relay.Counts.Reservations, Is.EqualTo(1));
        Time.Advance(Drain - TimeSpan.FromTicks(1));
        Assert.That(Relay.Counts.Circuits, Is.EqualTo(2));
        Time.Advance(TimeSpan.FromTicks(1));
        Assert.That((await lost.Source.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
        Assert.That((await lost.Destination.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
        await CircuitsAreAsync(1);
        await CloseAsync(kept); // anyone may connect: nothing that is still allowed is dropped
    }

    [Test]
    public async Task Who_is_admitted_again_while_his_circuits_drain_keeps_them()
    {
        StartRelay(new CircuitRelayOptions { OnMembershipLoss = MembershipLoss.Drain, MembershipLossDrain = Drain });
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        RelayedCircuit circuit = await OpenCircuitAsync(await AddPeerAsync(), destination);
        Expel(destination.Host);

        Acl.Reserve = _ => true;
        Relay.PolicyChanged();

        await Eventually.EqualsAsync(1, () => Time.ActiveTimers, "timers: the duration limit's and no other");
        Time.Advance(Drain);
        await circuit.Source.SendAsync([1]);
        Assert.That(await circuit.Destination.ReceiveAsync(1), Is.EqualTo([1]));
        await CloseAsync(circuit);
    }

    [Test]
    public async Task A_source_that_may_not_connect_any_more_loses_its_circuits_only()
    {
        StartRelay(new CircuitRelayOptions { OnMembershipLoss = MembershipLoss.Drain, MembershipLossDrain = TimeSpan.Zero });
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        IRelayHost stranger = await AddPeerAsync();
        RelayedCircuit lost = await OpenCircuitAsync(stranger, destination);
        RelayedCircuit kept = await OpenCircuitAsync(await AddPeerAsync(), destination);

        Acl.Connect = (source, _) => source != stranger.LocalPeer;
        Relay.PolicyChanged();

        Assert.That((await lost.Source.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
        Assert.That(Relay.Counts.Reservations, Is.EqualTo(1));
        await CloseAsync(kept);
    }

    [Test]
    public async Task A_filter_that_throws_when_it_is_asked_again_expels_nobody()
    {
        StartRelay(new CircuitRelayOptions { OnMembershipLoss = MembershipLoss.Drain, MembershipLossDrain = TimeSpan.Zero });
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        RelayedCircuit circuit = await OpenCircuitAsync(await AddPeerAsync(), destination);

        Acl.Reserve = _ => throw new InvalidOperationException("broken");
        Acl.Connect = (_, _) => throw new InvalidOperationException("broken");
        Relay.PolicyChanged();

        Assert.That((Relay.Counts.Reservations, Relay.Counts.Circuits), Is.EqualTo((1, 1)));
        await CloseAsync(circuit);
    }

    [Test]
    public async Task An_evicted_peer_has_no_reservation_and_keeps_its_circuits_unless_told_otherwise()
    {
        StartRelay();
        (IRelayHost Host, ScriptedDestination Stop) peer = await AddDestinationAsync();
        (IRelayHost Host, ScriptedDestination Stop) other = await AddDestinationAsync();
        RelayedCircuit inbound = await OpenCircuitAsync(other.Host, peer);
        RelayedCircuit outbound = await OpenCircuitAsync(peer.Host, other);
        RelayedCircuit unrelated = await OpenCircuitAsync(await AddPeerAsync(), other);

        Assert.That(Relay.Evict(peer.Host.LocalPeer, "test"), Is.EqualTo(new Eviction(true, 0)));
        Assert.That(await ConnectRefusedAsync(other.Host, peer.Host), Is.EqualTo(Status.NoReservation));
        Assert.That(Relay.Counts.Circuits, Is.EqualTo(3));

        Assert.That(Relay.Evict(peer.Host.LocalPeer, "test", Drain), Is.EqualTo(new Eviction(false, 2)));
        Assert.That(Relay.Evict(peer.Host.LocalPeer, "test", TimeSpan.Zero), Is.EqualTo(new Eviction(false, 2)), "sooner");
        foreach (IHostStream end in new[] { inbound.Source, inbound.Destination, outbound.Source, outbound.Destination })
            Assert.That((await end.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
        await CircuitsAreAsync(1);
        await CloseAsync(unrelated);
        Assert.That(RawHop.StatusOf(await ReserveAsync(peer.Host)), Is.EqualTo(Status.Ok), "nothing forbids it to come back");
    }

    [Test]
    public async Task A_circuit_evicted_before_the_destination_has_answered_is_a_failed_connection()
    {
        StartRelay();
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync(_ => Task.CompletedTask);
        IRelayHost source = await AddPeerAsync();
        Task<Status> refusal = ConnectRefusedAsync(source, destination.Host);
        await destination.Stop.NextAsync();

        Relay.Evict(source.LocalPeer, "test", TimeSpan.Zero);

        Assert.That(await refusal.InTime(), Is.EqualTo(Status.ConnectionFailed));
        await CircuitsAreAsync(0);
    }

    private void Expel(IRelayHost peer)
    {
        Acl.Reserve = who => who != peer.LocalPeer;
        Relay.PolicyChanged();
    }
}
