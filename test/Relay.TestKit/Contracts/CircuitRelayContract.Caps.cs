using System.Net;
using NUnit.Framework;
using Relay.Circuit;
using Relay.Circuit.Host;
using Relay.TestKit.Wire;

namespace Relay.TestKit.Contracts;

// Every cap and every rate: exactly at it, one over it, what it does not touch, and what Explain says.
public abstract partial class CircuitRelayContract
{
    private static readonly Rate TwicePerMinute = new(2, TimeSpan.FromMinutes(1));

    [Test]
    public async Task Reservations_of_one_address_are_granted_up_to_the_maximum_and_not_one_more()
    {
        StartRelay(new CircuitRelayOptions { MaxReservationsPerIp = 2 });
        await AssertTwoNeighboursReserveAsync(ReasonCode.ReservationsPerIpFull, nameof(CircuitRelayOptions.MaxReservationsPerIp));
    }

    [Test]
    public async Task Reservations_of_one_network_are_granted_up_to_the_maximum_and_not_one_more()
    {
        StartRelay(new CircuitRelayOptions { MaxReservationsPerIpv4Prefix = 2, Ipv4PrefixLength = 30 });
        await AssertTwoNeighboursReserveAsync(ReasonCode.ReservationsPerPrefixFull, nameof(CircuitRelayOptions.MaxReservationsPerIpv4Prefix));
    }

    [Test]
    public async Task Exempt_networks_are_counted_neither_by_address_nor_by_network_nor_by_rate()
    {
        StartRelay(new CircuitRelayOptions
        {
            MaxReservationsPerIp = 1,
            MaxReservationsPerIpv4Prefix = 1,
            ReservationRatePerIp = new Rate(1, TimeSpan.FromMinutes(1)),
            ExemptNetworks = [IPNetwork.Parse("192.0.2.128/25"), IPNetwork.Parse("203.0.113.8/31"), IPNetwork.Parse("::ffff:127.0.0.0/104")],
            MaxReservations = 3,
        });
        for (int i = 0; i < 3; i++)
            Assert.That(RawHop.StatusOf(await ReserveAsync(await AddNeighbourAsync())), Is.EqualTo(Status.Ok));
        Assert.That(RawHop.StatusOf(await ReserveAsync(await AddNeighbourAsync())), Is.EqualTo(Status.ReservationRefused), "the total holds for everybody");
    }

    [Test]
    public async Task Circuits_to_a_destination_are_granted_up_to_the_maximum_and_its_own_are_not_counted()
    {
        StartRelay(new CircuitRelayOptions { MaxCircuitsPerDestination = 2 });
        (IRelayHost Host, ScriptedDestination Stop) popular = await AddDestinationAsync();
        (IRelayHost Host, ScriptedDestination Stop) other = await AddDestinationAsync();
        RelayedCircuit first = await OpenCircuitAsync(await AddPeerAsync(), popular);
        await OpenCircuitAsync(other.Host, popular);
        IRelayHost late = await AddPeerAsync();

        AssertFull(
            Relay.Explain(late.LocalPeer, Network.NeighbourAddress, popular.Host.LocalPeer),
            ReasonCode.CircuitsPerDestinationFull,
            nameof(CircuitRelayOptions.MaxCircuitsPerDestination));
        Assert.That(await ConnectRefusedAsync(late, popular.Host), Is.EqualTo(Status.ResourceLimitExceeded));

        await OpenCircuitAsync(popular.Host, other);
        await CloseAsync(first);
        await CircuitsAreAsync(2);
        await OpenCircuitAsync(late, popular);
    }

    [Test]
    public async Task Requests_under_way_on_a_connection_are_read_up_to_the_maximum_and_one_more_is_told_so()
    {
        StartRelay(new CircuitRelayOptions { MaxHopStreamsPerConnection = 2 });
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        IRelayHost peer = await AddPeerAsync();
        for (int i = 0; i < 3; i++)
            await OpenCircuitAsync(peer, destination); // circuits are no requests any more
        Time.Advance(TimeSpan.FromMilliseconds(1)); // so that no earlier deadline is taken for one of the next two
        IHostStream[] begun = [await OpenHopAsync(peer), await OpenHopAsync(peer)];
        foreach (IHostStream stream in begun)
            await stream.SendAsync([10]);
        await Time.TimerIsArmedAsync(new CircuitRelayOptions().HopTimeout, count: 2); // both are being read

        IHostStream[] refused = [await OpenHopAsync(peer), await OpenHopAsync(peer)];
        foreach (IHostStream stream in refused)
            Assert.That(RawHop.StatusOf(await stream.ReceiveMessageAsync()), Is.EqualTo(Status.ResourceLimitExceeded));
        Assert.That(await OpenUntilResetAsync(peer), Is.EqualTo(HostStreamError.Reset), "twice as many, and it is not worth an answer");
        Assert.That(RawHop.StatusOf(await ReserveAsync(destination.Host)), Is.EqualTo(Status.Ok), "another connection");

        foreach (IHostStream stream in refused)
            await stream.FinishAsync();
        begun[0].Reset();
        await Eventually.EqualsAsync(4, () => Relay.Counts.HopStreams, "the HOP streams");
        Assert.That(RawHop.StatusOf(await ReserveAsync(peer)), Is.EqualTo(Status.Ok));
        begun[1].Reset();
    }

    [Test]
    public async Task A_request_that_was_answered_takes_no_place_however_long_its_peer_keeps_the_stream([Values] bool isGranted)
    {
        StartRelay(new CircuitRelayOptions { MaxHopStreamsPerConnection = 1 });
        Acl.Reserve = _ => isGranted;
        IRelayHost peer = await AddPeerAsync();
        var kept = new List<IHostStream>();
        for (int i = 0; i < 4; i++)
        {
            IHostStream stream = await OpenHopAsync(peer);
            kept.Add(stream);
            await stream.SendAsync(RawHop.Reserve());
            Assert.That(RawHop.StatusOf(await stream.ReceiveMessageAsync()), Is.EqualTo(isGranted ? Status.Ok : Status.PermissionDenied));
            Assert.That(await stream.ReceiveAllAsync(), Is.Empty);
        }

        foreach (IHostStream stream in kept)
            await stream.FinishAsync();
    }

    [Test]
    public async Task New_reservations_of_a_peer_come_as_often_as_the_rate_allows_and_renewals_are_not_counted()
    {
        StartRelay(new CircuitRelayOptions { ReservationRatePerPeer = TwicePerMinute });
        IRelayHost peer = await AddPeerAsync();
        for (int i = 0; i < 2; i++)
        {
            for (int renewals = 0; renewals < 4; renewals++)
                Assert.That(RawHop.StatusOf(await ReserveAsync(peer)), Is.EqualTo(Status.Ok));
            await ReconnectAsync(peer);
        }

        AssertFull(
            Relay.Explain(peer.LocalPeer, Network.NeighbourAddress),
            ReasonCode.ReservationRatePerPeerExceeded,
            nameof(CircuitRelayOptions.ReservationRatePerPeer));
        Assert.That(RawHop.StatusOf(await ReserveAsync(peer)), Is.EqualTo(Status.ReservationRefused));
        Assert.That(RawHop.StatusOf(await ReserveAsync(await AddPeerAsync())), Is.EqualTo(Status.Ok), "another peer");

        Time.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1));
        Assert.That(RawHop.StatusOf(await ReserveAsync(peer)), Is.EqualTo(Status.ReservationRefused));
        Time.Advance(TimeSpan.FromTicks(1));
        Assert.That(RawHop.StatusOf(await ReserveAsync(peer)), Is.EqualTo(Status.Ok));
    }

    [Test]
    public async Task New_reservations_from_an_address_come_as_often_as_the_rate_allows()
    {
        StartRelay(new CircuitRelayOptions { ReservationRatePerIp = TwicePerMinute });
        await AssertTwoNeighboursReserveAsync(ReasonCode.ReservationRatePerIpExceeded, nameof(CircuitRelayOptions.ReservationRatePerIp), TimeSpan.FromMinutes(1));
    }

    [Test]
    public async Task Circuits_are_opened_by_a_peer_as_often_as_the_rate_allows()
    {
        StartRelay(new CircuitRelayOptions { CircuitRatePerPeer = TwicePerMinute });
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        IRelayHost source = await AddPeerAsync();
        await AssertTwoCircuitsAsync([source, source, source], destination, ReasonCode.CircuitRatePerPeerExceeded, nameof(CircuitRelayOptions.CircuitRatePerPeer));
        await CloseAsync(await OpenCircuitAsync(await AddPeerAsync(), destination));
    }

    [Test]
    public async Task Circuits_are_opened_from_an_address_as_often_as_the_rate_allows()
    {
        StartRelay(new CircuitRelayOptions { CircuitRatePerIp = TwicePerMinute });
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        IRelayHost[] sources = [await AddNeighbourAsync(), await AddNeighbourAsync(), await AddNeighbourAsync()];
        await AssertTwoCircuitsAsync(sources, destination, ReasonCode.CircuitRatePerIpExceeded, nameof(CircuitRelayOptions.CircuitRatePerIp));
    }

    [Test]
    public async Task Explaining_changes_nothing_and_says_what_then_happens()
    {
        StartRelay(new CircuitRelayOptions { ReservationRatePerPeer = TwicePerMinute, CircuitRatePerPeer = TwicePerMinute });
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        IRelayHost source = await AddPeerAsync();
        Acl.Reserve = _ => AclVerdict.Allow("a friend");
        await Eventually.EqualsAsync(0, () => Relay.Counts.HopStreams, "HOP streams, of which the last has been answered");
        CircuitRelayCounts before = Relay.Counts;

        for (int i = 0; i < 5; i++)
        {
            Assert.That(Relay.Explain(source.LocalPeer, Network.NeighbourAddress), Is.EqualTo(new Decision(Status.Ok, ReasonCode.Reserved, Detail: "a friend")));
            Assert.That(Relay.Explain(destination.Host.LocalPeer, Network.NeighbourAddress).Reason, Is.EqualTo(ReasonCode.Renewed));
            Assert.That(ExplainCircuit(destination.Host), Is.EqualTo(ReasonCode.CircuitAdmitted));
            Assert.That(ExplainCircuit(source), Is.EqualTo(ReasonCode.PeerIsSelf));
            Assert.That(ExplainCircuit(RelayHost), Is.EqualTo(ReasonCode.NoReservation));
        }

        Assert.That(Relay.Counts, Is.EqualTo(before));
        await CloseAsync(await OpenCircuitAsync(source, destination));
        await CloseAsync(await OpenCircuitAsync(source, destination));
        Assert.That(ExplainCircuit(destination.Host), Is.EqualTo(ReasonCode.CircuitRatePerPeerExceeded));

        Acl.Reserve = _ => AclVerdict.Deny("no friend");
        Assert.That(
            Relay.Explain(source.LocalPeer, Network.NeighbourAddress),
            Is.EqualTo(new Decision(Status.PermissionDenied, ReasonCode.AclDenied, Detail: "no friend")));
        Assert.That(
            Relay.Explain(source.LocalPeer, Multiformats.Multiaddress.Parse($"/ip4/192.0.2.1/tcp/1/p2p/{RelayHost.LocalPeer}/p2p-circuit")).Reason,
            Is.EqualTo(ReasonCode.OverRelay));

        ReasonCode ExplainCircuit(IRelayHost to) => Relay.Explain(source.LocalPeer, Network.NeighbourAddress, to.LocalPeer).Reason;
    }

    private static void AssertFull(Decision decision, ReasonCode reason, string limit)
        => Assert.That((decision.Reason, decision.Limit, decision.Current, decision.Maximum), Is.EqualTo((reason, limit, 2L, 2L)));

    private async Task AssertTwoNeighboursReserveAsync(ReasonCode reason, string limit, TimeSpan? untilRoom = null)
    {
        IRelayHost first = await AddNeighbourAsync();
        Assert.That(RawHop.StatusOf(await ReserveAsync(first)), Is.EqualTo(Status.Ok));
        Assert.That(RawHop.StatusOf(await ReserveAsync(await AddNeighbourAsync())), Is.EqualTo(Status.Ok));
        IRelayHost late = await AddNeighbourAsync();

        AssertFull(Relay.Explain(late.LocalPeer, Network.NeighbourAddress), reason, limit);
        RawMessage refusal = await ReserveAsync(late);
        AssertRefusal(refusal);
        Assert.That(RawHop.StatusOf(refusal), Is.EqualTo(Status.ReservationRefused));
        Assert.That(RawHop.StatusOf(await ReserveAsync(first)), Is.EqualTo(Status.Ok), "a renewal");

        if (untilRoom is { } wait)
        {
            Time.Advance(wait - TimeSpan.FromTicks(1));
            Assert.That(RawHop.StatusOf(await ReserveAsync(late)), Is.EqualTo(Status.ReservationRefused));
            Time.Advance(TimeSpan.FromTicks(1));
        }
        else
        {
            await Network.DisconnectAsync(first).InTime();
            await Eventually.EqualsAsync(1, () => Relay.Counts.Reservations, "the number of reservations");
        }

        Assert.That(RawHop.StatusOf(await ReserveAsync(late)), Is.EqualTo(Status.Ok));
    }

    private async Task AssertTwoCircuitsAsync(
        IRelayHost[] sources, (IRelayHost Host, ScriptedDestination Stop) destination, ReasonCode reason, string limit)
    {
        await CloseAsync(await OpenCircuitAsync(sources[0], destination));
        await CloseAsync(await OpenCircuitAsync(sources[1], destination));

        AssertFull(Relay.Explain(sources[2].LocalPeer, Network.NeighbourAddress, destination.Host.LocalPeer), reason, limit);
        Assert.That(await ConnectRefusedAsync(sources[2], destination.Host), Is.EqualTo(Status.ResourceLimitExceeded));
        Time.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1));
        Assert.That(await ConnectRefusedAsync(sources[2], destination.Host), Is.EqualTo(Status.ResourceLimitExceeded));
        Time.Advance(TimeSpan.FromTicks(1));
        await CloseAsync(await OpenCircuitAsync(sources[2], destination));
    }

    private async Task<HostStreamError> OpenUntilResetAsync(IRelayHost peer)
    {
        try
        {
            return (await (await OpenHopAsync(peer)).ReceiveUntilResetAsync()).Error;
        }
        catch (HostStreamException e)
        {
            return e.Error; // it was quicker than the negotiation
        }
    }

    private async Task ReconnectAsync(IRelayHost peer)
    {
        int before = Relay.Counts.Reservations;
        await Network.DisconnectAsync(peer).InTime();
        await Eventually.EqualsAsync(before - 1, () => Relay.Counts.Reservations, "the number of reservations");
        await Network.ConnectAsync(peer, RelayHost).InTime();
    }
}
