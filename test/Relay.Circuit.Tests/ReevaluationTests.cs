using Relay.Circuit.Host;
using Relay.TestKit;
using Relay.TestKit.Contracts;
using Relay.TestKit.Wire;

namespace Relay.Circuit.Tests;

/// <summary>Two changes of the policy at once: whatever the order in which the filter's answers come, what the newer policy says is what happens.</summary>
[TestFixture]
internal sealed class ReevaluationTests : InMemoryRelayFixture
{
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(40);

    [Test]
    public async Task An_old_no_does_not_end_what_the_newer_policy_keeps([Values(MembershipLoss.Evict, MembershipLoss.Drain)] MembershipLoss loss)
    {
        StartRelay(new CircuitRelayOptions { OnMembershipLoss = loss, MembershipLossDrain = TimeSpan.Zero });
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        RelayedCircuit circuit = await OpenCircuitAsync(await AddPeerAsync(), destination);

        await ChangeTwiceAsync(first: false, then: true);

        Assert.That((Relay.Counts.Reservations, Relay.Counts.Circuits), Is.EqualTo((1, 1)));
        await CloseAsync(circuit);
    }

    [Test]
    public async Task An_old_yes_does_not_keep_what_the_newer_policy_ends()
    {
        StartRelay(new CircuitRelayOptions { OnMembershipLoss = MembershipLoss.Drain, MembershipLossDrain = Drain });
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        RelayedCircuit circuit = await OpenCircuitAsync(await AddPeerAsync(), destination);

        await ChangeTwiceAsync(first: true, then: false);

        Assert.That(Relay.Counts.Reservations, Is.Zero);
        Time.Advance(Drain);
        Assert.That((await circuit.Source.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
    }

    [Test]
    public async Task Options_that_keep_everybody_hold_against_a_judgement_from_before()
    {
        var options = new CircuitRelayOptions { OnMembershipLoss = MembershipLoss.Drain, MembershipLossDrain = TimeSpan.Zero };
        StartRelay(options);
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        RelayedCircuit circuit = await OpenCircuitAsync(await AddPeerAsync(), destination);

        await ChangeAsync(answer: false, meanwhile: () => Relay.Apply(options with { OnMembershipLoss = MembershipLoss.Keep }));

        Assert.That((Relay.Counts.Reservations, Relay.Counts.Circuits), Is.EqualTo((1, 1)));
        await CloseAsync(circuit);
    }

    [Test]
    public async Task Of_two_ends_the_sooner_holds_whichever_was_said_first([Values] bool evictsFirst, [Values] bool evictionIsSooner)
    {
        TimeSpan sooner = TimeSpan.FromSeconds(10);
        TimeSpan eviction = evictionIsSooner ? sooner : Drain;
        StartRelay(new CircuitRelayOptions { OnMembershipLoss = MembershipLoss.Drain, MembershipLossDrain = evictionIsSooner ? Drain : sooner });
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        RelayedCircuit circuit = await OpenCircuitAsync(await AddPeerAsync(), destination);
        using RelaySubscription events = Relay.Subscribe();

        if (evictsFirst)
            Relay.Evict(destination.Host.LocalPeer, "test", eviction);
        Acl.Reserve = _ => false;
        Relay.PolicyChanged();
        if (!evictsFirst)
            Relay.Evict(destination.Host.LocalPeer, "test", eviction);

        Time.Advance(sooner - TimeSpan.FromTicks(1));
        Assert.That(Relay.Counts.Circuits, Is.EqualTo(1));
        Time.Advance(TimeSpan.FromTicks(1));
        Assert.That((await circuit.Source.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
        await CircuitsAreAsync(0);
        await Relay.StopAsync().InTime();
        Assert.That(await ReasonOfEndAsync(events), Is.EqualTo(evictionIsSooner ? ReasonCode.Evicted : ReasonCode.MembershipLost));
    }

    [Test]
    public async Task Who_is_admitted_again_and_evicted_ends_when_he_was_evicted_for()
    {
        StartRelay(new CircuitRelayOptions { OnMembershipLoss = MembershipLoss.Drain, MembershipLossDrain = TimeSpan.FromSeconds(10) });
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        RelayedCircuit circuit = await OpenCircuitAsync(await AddPeerAsync(), destination);
        Acl.Reserve = _ => false;
        Relay.PolicyChanged();
        Relay.Evict(destination.Host.LocalPeer, "test", Drain);
        Acl.Reserve = _ => true;
        Relay.PolicyChanged();

        Time.Advance(Drain - TimeSpan.FromTicks(1));
        Assert.That(Relay.Counts.Circuits, Is.EqualTo(1));
        Time.Advance(TimeSpan.FromTicks(1));
        Assert.That((await circuit.Source.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
    }

    [Test]
    public async Task Another_drain_time_holds_for_circuits_that_drain_already([Values(10, 90)] int seconds)
    {
        var options = new CircuitRelayOptions { OnMembershipLoss = MembershipLoss.Drain, MembershipLossDrain = Drain };
        StartRelay(options);
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        RelayedCircuit circuit = await OpenCircuitAsync(await AddPeerAsync(), destination);
        Acl.Reserve = _ => false;
        Relay.PolicyChanged();
        Time.Advance(TimeSpan.FromSeconds(5));

        var changed = TimeSpan.FromSeconds(seconds);
        Relay.Apply(options with { MembershipLossDrain = changed });

        Time.Advance(changed - TimeSpan.FromSeconds(5) - TimeSpan.FromTicks(1));
        Assert.That(Relay.Counts.Circuits, Is.EqualTo(1));
        Time.Advance(TimeSpan.FromTicks(1));
        Assert.That((await circuit.Source.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
    }

    [Test]
    public async Task Options_applied_at_once_come_one_after_the_other()
    {
        StartRelay();
        CircuitRelayOptions[] sets = [.. Enumerable.Range(0, 2).Select(i => new CircuitRelayOptions { MaxTotalBandwidth = (i + 1) << 20 })];
        for (int round = 0; round < 2000; round++)
        {
            using var together = new Barrier(2);
            await Task.WhenAll(sets.Select(options => Task.Run(() =>
            {
                together.SignalAndWait();
                Relay.Apply(options);
            }))).InTime();
            Assert.That(Relay.TotalBandwidth, Is.EqualTo(Relay.Options.MaxTotalBandwidth), $"round {round}");
        }
    }

    private Task ChangeTwiceAsync(bool first, bool then)
        => ChangeAsync(first, () =>
        {
            Acl.Reserve = _ => then;
            Relay.PolicyChanged();
        });

    /// <summary>Changes the policy; while the filter is about to say <paramref name="answer"/>, something else happens.</summary>
    private async Task ChangeAsync(bool answer, Action meanwhile)
    {
        using var isAsked = new ManualResetEventSlim();
        using var mayAnswer = new ManualResetEventSlim();
        Acl.Reserve = _ =>
        {
            isAsked.Set();
            Assert.That(mayAnswer.Wait(InTimeExtensions.Bound));
            return answer;
        };
        Task old = Task.Run(Relay.PolicyChanged);
        Assert.That(isAsked.Wait(InTimeExtensions.Bound));
        meanwhile();
        mayAnswer.Set();
        await old.InTime();
    }

    private static async Task<ReasonCode> ReasonOfEndAsync(RelaySubscription events)
    {
        await foreach (RelayEvent happened in events)
        {
            if (happened is RelayEvent.CircuitClosed closed)
                return closed.Reason;
        }

        return ReasonCode.None;
    }
}
