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
    public async Task An_old_no_does_not_end_what_the_newer_policy_keeps(
        [Values(MembershipLoss.Evict, MembershipLoss.Drain)] MembershipLoss loss, [Values] bool isAboutSource)
    {
        StartRelay(new CircuitRelayOptions { OnMembershipLoss = loss, MembershipLossDrain = TimeSpan.Zero });
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        RelayedCircuit circuit = await OpenCircuitAsync(await AddPeerAsync(), destination);

        await ChangeTwiceAsync(isAboutSource && loss == MembershipLoss.Drain, first: false, then: true);

        Assert.That((Relay.Counts.Reservations, Relay.Counts.Circuits), Is.EqualTo((1, 1)));
        await CloseAsync(circuit);
    }

    [Test]
    public async Task An_old_yes_does_not_keep_what_the_newer_policy_ends([Values] bool isAboutSource)
    {
        StartRelay(new CircuitRelayOptions { OnMembershipLoss = MembershipLoss.Drain, MembershipLossDrain = Drain });
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        RelayedCircuit circuit = await OpenCircuitAsync(await AddPeerAsync(), destination);

        await ChangeTwiceAsync(isAboutSource, first: true, then: false);

        Assert.That(Relay.Counts.Reservations, Is.EqualTo(isAboutSource ? 1 : 0));
        Time.Advance(Drain);
        Assert.That((await circuit.Source.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
    }

    [Test]
    public async Task An_old_no_ends_nothing_while_the_newer_policy_is_still_being_asked_about_others()
    {
        StartRelay(new CircuitRelayOptions { OnMembershipLoss = MembershipLoss.Drain, MembershipLossDrain = TimeSpan.Zero });
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        RelayedCircuit circuit = await OpenCircuitAsync(await AddPeerAsync(), destination);
        using var isAskedAboutSource = new ManualResetEventSlim();
        using var isAskedAboutHolder = new ManualResetEventSlim();
        using var mayRefuse = new ManualResetEventSlim();
        using var mayAdmit = new ManualResetEventSlim();
        int asked = 0;
        Acl.Connect = (_, _) =>
        {
            if (Interlocked.Increment(ref asked) > 1)
                return true;
            isAskedAboutSource.Set();
            Assert.That(mayRefuse.Wait(InTimeExtensions.Bound));
            return false;
        };
        Task old = Task.Run(Relay.PolicyChanged);
        Assert.That(isAskedAboutSource.Wait(InTimeExtensions.Bound));
        Acl.Reserve = _ =>
        {
            isAskedAboutHolder.Set();
            return mayAdmit.Wait(InTimeExtensions.Bound);
        };
        Task newer = Task.Run(Relay.PolicyChanged);
        Assert.That(isAskedAboutHolder.Wait(InTimeExtensions.Bound));
        mayRefuse.Set();
        await Eventually.TrueAsync(() => Volatile.Read(ref asked) > 1, "the source is asked about again");
        mayAdmit.Set();
        await Task.WhenAll(old, newer).InTime();

        Assert.That((Relay.Counts.Reservations, Relay.Counts.Circuits), Is.EqualTo((1, 1)));
        await CloseAsync(circuit);
    }

    [Test]
    public async Task Options_that_keep_everybody_hold_against_a_judgement_from_before([Values] bool isAboutSource)
    {
        var options = new CircuitRelayOptions { OnMembershipLoss = MembershipLoss.Drain, MembershipLossDrain = TimeSpan.Zero };
        StartRelay(options);
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        RelayedCircuit circuit = await OpenCircuitAsync(await AddPeerAsync(), destination);

        await ChangeAsync(isAboutSource, answer: false, meanwhile: () => Relay.Apply(options with { OnMembershipLoss = MembershipLoss.Keep }));

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

    private Task ChangeTwiceAsync(bool isAboutSource, bool first, bool then)
        => ChangeAsync(isAboutSource, first, () =>
        {
            Answer(isAboutSource, () => then);
            Relay.PolicyChanged();
        });

    /// <summary>Changes the policy; while the filter is about to say <paramref name="answer"/>, something else happens.</summary>
    private async Task ChangeAsync(bool isAboutSource, bool answer, Action meanwhile)
    {
        using var isAsked = new ManualResetEventSlim();
        using var mayAnswer = new ManualResetEventSlim();
        Answer(isAboutSource, () =>
        {
            isAsked.Set();
            Assert.That(mayAnswer.Wait(InTimeExtensions.Bound));
            return answer;
        });
        Task old = Task.Run(Relay.PolicyChanged);
        Assert.That(isAsked.Wait(InTimeExtensions.Bound));
        meanwhile();
        mayAnswer.Set();
        await old.InTime();
    }

    /// <summary>Sources are asked about for circuits only, destinations for their reservations first.</summary>
    private void Answer(bool isAboutSource, Func<bool> answer)
    {
        if (isAboutSource)
            Acl.Connect = (_, _) => answer();
        else
            Acl.Reserve = _ => answer();
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
