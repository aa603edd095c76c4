using Microsoft.Extensions.Logging;
using Relay.Circuit.Host;
using Relay.TestKit;
using Relay.TestKit.Contracts;
using Relay.TestKit.Network;
using Relay.TestKit.Wire;

namespace Relay.Circuit.Tests;

/// <summary>The access-control filter: what it is told, when it fails, and when the policy changes under it.</summary>
[TestFixture]
internal sealed class PolicyTests : InMemoryRelayFixture
{
    [Test]
    public async Task A_verdict_that_is_stale_when_it_is_to_be_acted_upon_is_asked_for_again()
    {
        StartRelay();
        InMemoryHost peer = await AddPeerAsync();
        int asked = 0;
        Acl.Reserve = _ =>
        {
            if (++asked > 1)
                return false;
            Relay.PolicyChanged(); // the peer was expelled while its admission was on the way
            return true;
        };

        Assert.That(RawHop.StatusOf(await ReserveAsync(peer)), Is.EqualTo(Status.PermissionDenied));
        Assert.That(asked, Is.EqualTo(2));
    }

    [Test]
    public async Task A_stale_refusal_does_not_stand_either()
    {
        StartRelay();
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        int asked = 0;
        Acl.Connect = (_, _) =>
        {
            if (++asked > 1)
                return true;
            Relay.PolicyChanged();
            return false;
        };

        await CloseAsync(await OpenCircuitAsync(await AddPeerAsync(), destination));
        Assert.That(asked, Is.EqualTo(2));
    }

    [Test]
    public async Task A_policy_that_never_settles_is_a_refusal()
    {
        StartRelay();
        InMemoryHost peer = await AddPeerAsync();
        Acl.Reserve = _ =>
        {
            Relay.PolicyChanged();
            return true;
        };

        Assert.That(RawHop.StatusOf(await ReserveAsync(peer)), Is.EqualTo(Status.PermissionDenied));
        Assert.That(Log.Entries.Select(e => e.Message), Has.Some.Contains(nameof(ReasonCode.PolicyUnsettled)));
    }

    [Test]
    public async Task A_filter_that_throws_denies_and_is_logged()
    {
        StartRelay();
        InMemoryHost peer = await AddPeerAsync();
        InMemoryHost other = await AddPeerAsync();
        var broken = new InvalidOperationException("broken");
        Acl.Reserve = _ => throw broken;
        Acl.Connect = (_, _) => throw broken;

        Assert.That(RawHop.StatusOf(await ReserveAsync(peer)), Is.EqualTo(Status.PermissionDenied));
        Assert.That(await ConnectRefusedAsync(peer, other), Is.EqualTo(Status.PermissionDenied));
        Assert.That(Log.AtLeast(LogLevel.Warning).Select(e => e.Exception), Is.EqualTo([broken, broken]));
        Assert.That(Log.Entries.Select(e => e.Message), Has.Some.Contains(nameof(ReasonCode.AclFailed)));
    }

    [Test]
    public async Task What_a_peer_did_wrong_is_logged_at_Debug_with_the_reason_the_limit_and_the_numbers()
    {
        StartRelay(new CircuitRelayOptions { MaxReservations = 1 });
        await ReserveAsync(await AddPeerAsync());
        await ReserveAsync(await AddPeerAsync());

        LogEntry refusal = Log.Entries.Single(e => e.EventId == 1003);
        Assert.That(refusal.Level, Is.EqualTo(LogLevel.Debug));
        Assert.That(refusal.Message, Does.EndWith("refused (ReservationsFull): ReservationRefused, ReservationsFull (MaxReservations: 1 of 1)"));
    }
}
