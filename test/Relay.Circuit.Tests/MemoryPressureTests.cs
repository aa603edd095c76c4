using Relay.Circuit.Host;
using Relay.TestKit.Contracts;
using Relay.TestKit.Network;
using Relay.TestKit.Wire;

namespace Relay.Circuit.Tests;

/// <summary>What is turned away, in which order, as the memory budget fills up: each bound exactly and one byte over.</summary>
[TestFixture]
internal sealed class MemoryPressureTests : InMemoryRelayFixture
{
    private const long Budget = 100L << 20;
    private const long PerReservation = RelayMemory.PerReservation;
    private const long PerCircuit = 2 * (4096 + 64 * 1024); // two buffers, and the windows of two streams

    private static readonly CircuitRelayOptions Options = new() { MemoryBudget = Budget, BufferSize = 4000 };

    [Test]
    public async Task Circuits_of_strangers_are_the_first_to_go([Values(0, 1)] int over)
    {
        StartRelay(Options);
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        InMemoryHost stranger = await AddPeerAsync();
        RelayHost.ReservedMemory = Budget / 100 * CircuitRelayOptions.StrangersShedPercent - PerReservation - PerCircuit + over;
        await ConnectAsync(stranger, destination, over == 0);
    }

    [Test]
    public async Task Those_who_hold_a_reservation_go_on_opening_circuits_for_a_while([Values(0, 1)] int over)
    {
        StartRelay(Options);
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        InMemoryHost holder = await AddPeerAsync();
        await ReserveAsync(holder);
        RelayHost.ReservedMemory = Budget / 100 * CircuitRelayOptions.CircuitsShedPercent - 2 * PerReservation - PerCircuit + over;
        await ConnectAsync(holder, destination, over == 0);
    }

    [Test]
    public async Task New_reservations_go_last_and_renewals_never([Values(0, 1)] int over)
    {
        StartRelay(Options);
        InMemoryHost holder = await AddPeerAsync();
        InMemoryHost late = await AddPeerAsync();
        await ReserveAsync(holder);
        RelayHost.ReservedMemory = Budget / 100 * CircuitRelayOptions.ReservationsShedPercent - 2 * PerReservation + over;

        Assert.That(RawHop.StatusOf(await ReserveAsync(late)), Is.EqualTo(over == 0 ? Status.Ok : Status.ResourceLimitExceeded));
        RelayHost.ReservedMemory = long.MaxValue / 2;
        Assert.That(RawHop.StatusOf(await ReserveAsync(holder)), Is.EqualTo(Status.Ok), "a renewal");
    }

    [Test]
    public async Task What_a_circuit_took_is_there_again_when_it_has_ended()
    {
        StartRelay(Options);
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        InMemoryHost stranger = await AddPeerAsync();
        RelayHost.ReservedMemory = Budget / 100 * CircuitRelayOptions.StrangersShedPercent - PerReservation - PerCircuit;
        for (int i = 0; i < 3; i++)
        {
            RelayedCircuit circuit = await OpenCircuitAsync(stranger, destination);
            Assert.That(Relay.ReservedMemory, Is.EqualTo(Budget / 100 * CircuitRelayOptions.StrangersShedPercent));
            Assert.That(await ConnectRefusedAsync(stranger, destination.Host), Is.EqualTo(Status.ResourceLimitExceeded));
            await CloseAsync(circuit);
            await CircuitsAreAsync(0);
        }
    }

    [Test]
    public async Task Without_a_budget_nothing_is_refused_for_memory()
    {
        StartRelay();
        RelayHost.ReservedMemory = long.MaxValue / 2;
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        await CloseAsync(await OpenCircuitAsync(await AddPeerAsync(), destination));
    }

    private async Task ConnectAsync(InMemoryHost source, (IRelayHost Host, ScriptedDestination Stop) destination, bool isAdmitted)
    {
        using RelaySubscription events = Relay.Subscribe();
        if (isAdmitted)
        {
            await CloseAsync(await OpenCircuitAsync(source, destination));
            return;
        }

        Assert.That(await ConnectRefusedAsync(source, destination.Host), Is.EqualTo(Status.ResourceLimitExceeded));
        Decision explained = Relay.Explain(source.LocalPeer, source.Address, destination.Host.LocalPeer);
        await using IAsyncEnumerator<RelayEvent> reader = events.GetAsyncEnumerator();
        await reader.MoveNextAsync();
        Decision decision = ((RelayEvent.Decided)reader.Current).Decision;
        Assert.That(decision.Reason, Is.EqualTo(ReasonCode.StrangersShed).Or.EqualTo(ReasonCode.CircuitsShed));
        Assert.That(explained, Is.EqualTo(decision), "what Explain says");
        Assert.That((decision.Limit, decision.Current + PerCircuit), Is.EqualTo((nameof(CircuitRelayOptions.MemoryBudget), decision.Maximum + 1)));
    }
}
