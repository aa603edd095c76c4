using NUnit.Framework;
using Relay.Circuit;
using Relay.Circuit.Host;
using Relay.TestKit.Wire;

namespace Relay.TestKit.Contracts;

public abstract partial class CircuitRelayContract
{
    [Test]
    public async Task Event_metric_and_log_have_the_reason_code_of_the_decision()
    {
        StartRelay(new CircuitRelayOptions { MaxReservations = 1 });
        using RelaySubscription events = Relay.Subscribe();
        await using IAsyncEnumerator<RelayEvent> reader = events.GetAsyncEnumerator();
        using var metrics = new RecordingMeter(Telemetry);
        IRelayHost expelled = await AddPeerAsync();
        Acl.Reserve = peer => peer == expelled.LocalPeer ? AclVerdict.Deny("expelled") : AclVerdict.Allow("a member");
        IRelayHost late = await AddPeerAsync();
        IRelayHost refuses = await AddPeerAsync();

        await ReserveAsync(expelled);
        await AssertToldAsync("Reserve", "refused", ReasonCode.AclDenied);
        ServeStop(refuses, stream => stream.SendAsync(RawStop.Answer(Status.ResourceLimitExceeded)));
        await ReserveAsync(refuses);
        await AssertToldAsync("Reserve", "granted", ReasonCode.Reserved);
        await ReserveAsync(refuses);
        await AssertToldAsync("Reserve", "granted", ReasonCode.Renewed);
        await ReserveAsync(late);
        await AssertToldAsync("Reserve", "refused", ReasonCode.ReservationsFull);
        await ConnectRefusedAsync(expelled, late);
        await AssertToldAsync("Connect", "refused", ReasonCode.NoReservation);
        await ConnectRefusedAsync(late, refuses);
        await AssertToldAsync("Connect", "refused", ReasonCode.StopRefused);
        await AskAsync(late, RawMessage.Parse([]));
        await AssertToldAsync("Unreadable", "refused", ReasonCode.MessageTypeUnknown);

        async Task AssertToldAsync(string operation, string result, ReasonCode reason)
        {
            Assert.That(await reader.MoveNextAsync().AsTask().InTime(), Is.True);
            var told = (RelayEvent.Decided)reader.Current;
            Assert.That((told.Operation.ToString(), told.Decision.IsGranted, told.Decision.Reason), Is.EqualTo((operation, result == "granted", reason)));
            Assert.That(metrics[$"relay.decisions{{operation={operation},result={result},reason={reason}}}"], Is.EqualTo(1));
            await Eventually.TrueAsync(() => Log.Entries.Any(entry => entry.Message.Contains(reason.ToString(), StringComparison.Ordinal)), $"{reason} in the log");
        }
    }

    [Test]
    public async Task A_circuits_end_has_the_same_cause_in_event_metric_and_log()
    {
        StartRelay(new CircuitRelayOptions { MaxData = 10 });
        RelayedCircuit circuit = await OpenCircuitAsync();
        using RelaySubscription events = Relay.Subscribe();
        await using IAsyncEnumerator<RelayEvent> reader = events.GetAsyncEnumerator();
        using var metrics = new RecordingMeter(Telemetry);

        await circuit.Destination.SendAsync(new byte[3]);
        await circuit.Source.ReceiveAsync(3);
        await circuit.Source.SendAsync(new byte[11]);
        await circuit.Source.ReceiveUntilResetAsync();

        // That it was granted and opened may be told after the OK is read, and so to who subscribes then.
        do
            Assert.That(await reader.MoveNextAsync().AsTask().InTime(), Is.True);
        while (reader.Current is RelayEvent.Decided or RelayEvent.CircuitOpened);
        var closed = (RelayEvent.CircuitClosed)reader.Current;
        Assert.That((closed.Cause, closed.Circuit.BytesToDestination, closed.Circuit.BytesToSource), Is.EqualTo((CircuitEnd.DataLimit, 10L, 3L)));
        Assert.That(metrics["relay.circuits.closed{cause=DataLimit}"], Is.EqualTo(1));
        Assert.That(metrics["relay.bytes{direction=to_destination}"], Is.EqualTo(10));
        Assert.That(metrics["relay.bytes{direction=to_source}"], Is.EqualTo(3));
        await Eventually.TrueAsync(() => Log.Entries.Any(entry => entry.Message.Contains("(DataLimit)", StringComparison.Ordinal)), "the cause in the log");
        await CircuitsAreAsync(0);
    }

    [Test]
    public async Task The_live_table_has_a_row_for_each_reservation()
    {
        StartRelay(new CircuitRelayOptions { ReservationTtl = TimeSpan.FromMinutes(10) });
        Acl.Reserve = _ => AclVerdict.Allow("a member");
        IRelayHost peer = await AddPeerAsync();
        DateTimeOffset first = Time.GetUtcNow();
        await ReserveAsync(peer);
        Time.Advance(TimeSpan.FromMinutes(4));
        await ReserveAsync(peer);

        ReservationInfo row = Relay.TakeSnapshot().Reservations.Single();
        Assert.That(row.Peer, Is.EqualTo(peer.LocalPeer));
        Assert.That(row.Address.ToString(), Does.StartWith("/ip4/"));
        Assert.That((row.ReservedAt, row.RenewedAt), Is.EqualTo((first, first + TimeSpan.FromMinutes(4))));
        DateTimeOffset end = row.RenewedAt + TimeSpan.FromMinutes(10);
        Assert.That(row.ExpiresAt, Is.EqualTo(end).Within(TimeSpan.FromSeconds(1)).And.LessThanOrEqualTo(end));
        Assert.That(row.Admitted, Is.EqualTo(new Decision(Status.Ok, ReasonCode.Renewed, Detail: "a member")));

        Time.Advance(TimeSpan.FromMinutes(10));
        Assert.That(Relay.TakeSnapshot().Reservations, Is.Empty, "what has expired is not held");
    }

    [Test]
    public async Task The_live_table_has_a_row_for_each_circuit()
    {
        StartRelay(new CircuitRelayOptions { MaxDuration = TimeSpan.FromHours(1) });
        Acl.Connect = (_, _) => AclVerdict.Allow("open to anyone");
        IRelayHost source = await AddPeerAsync();
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        DateTimeOffset opened = Time.GetUtcNow();
        RelayedCircuit circuit = await OpenCircuitAsync(source, destination);
        await circuit.Source.SendAsync(new byte[5]);
        await circuit.Destination.ReceiveAsync(5);
        await circuit.Destination.SendAsync(new byte[7]);
        await circuit.Source.ReceiveAsync(7);
        await Eventually.EqualsAsync(12, () => CarriedBytes, "what was carried");
        Time.Advance(TimeSpan.FromMinutes(3));

        RelaySnapshot snapshot = Relay.TakeSnapshot();
        CircuitInfo row = snapshot.Circuits.Single();
        Assert.That((row.Source, row.Destination), Is.EqualTo((source.LocalPeer, destination.Host.LocalPeer)));
        Assert.That((row.BytesToDestination, row.BytesToSource), Is.EqualTo((5L, 7L)));
        Assert.That((row.OpenedAt, row.Age, row.ExpiresAt), Is.EqualTo((opened, TimeSpan.FromMinutes(3), opened + TimeSpan.FromHours(1))));
        Assert.That(row.Admitted, Is.EqualTo(new Decision(Status.Ok, ReasonCode.CircuitAdmitted, Detail: "open to anyone")));
        Assert.That(new[] { row.SourceAddress.ToString(), row.DestinationAddress.ToString() }, Is.All.StartsWith("/ip4/"));

        await CloseAsync(circuit);
        await CircuitsAreAsync(0);
        Assert.That(Relay.TakeSnapshot().Circuits, Is.Empty);
        Assert.That(snapshot.Circuits, Has.Count.EqualTo(1), "a snapshot stays what it was");
    }

    [Test]
    public async Task Events_tell_the_life_of_a_circuit_and_of_its_reservation_in_order()
    {
        StartRelay();
        using RelaySubscription events = Relay.Subscribe();
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        RelayedCircuit circuit = await OpenCircuitAsync(await AddPeerAsync(), destination);
        await CloseAsync(circuit);
        await CircuitsAreAsync(0);
        await Network.DisconnectAsync(destination.Host).InTime();
        await Eventually.EqualsAsync(0, () => Relay.Counts.Reservations, "reservations");
        await Relay.DisposeAsync().InTime();

        var told = new List<RelayEvent>();
        await foreach (RelayEvent happened in events)
            told.Add(happened);
        Assert.That(told.Select(happened => happened.GetType().Name), Is.EqualTo(["Decided", "Decided", "CircuitOpened", "CircuitClosed", "ReservationEnded"]));
        Assert.That(((RelayEvent.CircuitClosed)told[3]).Cause, Is.EqualTo(CircuitEnd.Closed));
        Assert.That(told[4], Is.EqualTo(new RelayEvent.ReservationEnded(destination.Host.LocalPeer, ReasonCode.Disconnected) { At = told[4].At }));
    }

    [Test]
    public async Task An_expired_reservation_is_told_with_the_next_thing_that_happens()
    {
        StartRelay(new CircuitRelayOptions { ReservationTtl = TimeSpan.FromMinutes(1) });
        IRelayHost peer = await AddPeerAsync();
        await ReserveAsync(peer);
        using RelaySubscription events = Relay.Subscribe();
        Time.Advance(TimeSpan.FromMinutes(1));
        Relay.TakeSnapshot();
        events.Dispose();

        var told = new List<RelayEvent>();
        await foreach (RelayEvent happened in events)
            told.Add(happened);
        Assert.That(told, Is.EqualTo([new RelayEvent.ReservationEnded(peer.LocalPeer, ReasonCode.Expired) { At = Time.GetUtcNow() }]));
    }

    [Test]
    public async Task A_subscription_to_a_relay_that_has_stopped_has_ended()
    {
        StartRelay();
        await Relay.StopAsync().InTime();
        using RelaySubscription late = Relay.Subscribe();
        await using IAsyncEnumerator<RelayEvent> events = late.GetAsyncEnumerator();
        Assert.That(await events.MoveNextAsync().InTime(), Is.False);
    }

    [Test]
    public async Task A_circuit_that_lasts_longer_than_there_are_dates_expires_on_the_last_one()
    {
        StartRelay(new CircuitRelayOptions { MaxDuration = TimeSpan.MaxValue });
        RelayedCircuit circuit = await OpenCircuitAsync();
        await circuit.Source.SendAsync([1]);
        await circuit.Destination.ReceiveAsync(1); // the source hears OK a moment before the circuit is one
        Assert.That(Relay.TakeSnapshot().Circuits.Single().ExpiresAt, Is.EqualTo(DateTimeOffset.MaxValue));
        await CloseAsync(circuit);
    }

    [Test]
    public async Task The_gauges_say_what_is_held_and_nothing_when_the_relay_has_stopped()
    {
        StartRelay(new CircuitRelayOptions { BufferSize = 4096 });
        using var metrics = new RecordingMeter(Telemetry);
        RelayedCircuit circuit = await OpenCircuitAsync();
        await circuit.Source.SendAsync(new byte[100]);
        await circuit.Destination.ReceiveAsync(100); // the source hears OK a moment before the circuit is one
        Assert.That(metrics["relay.reservations"], Is.EqualTo(1));
        Assert.That(metrics["relay.circuits"], Is.EqualTo(1));
        Assert.That(metrics["relay.memory.reserved"], Is.GreaterThanOrEqualTo(RelayMemory.OfCircuit(4096, RelayHost.StreamMemory)));

        await Relay.DisposeAsync().InTime();
        using var after = new RecordingMeter(Telemetry);
        Assert.That(after["relay.bytes{direction=to_destination}"], Is.EqualTo(100), "sums stay");
        Assert.That(after.Names, Has.None.EqualTo("relay.circuits"));
    }

    [Test]
    public async Task An_eviction_is_counted_and_told_with_its_reason()
    {
        StartRelay(new CircuitRelayOptions { OnMembershipLoss = MembershipLoss.Evict });
        IRelayHost first = await AddPeerAsync();
        IRelayHost second = await AddPeerAsync();
        await ReserveAsync(first);
        await ReserveAsync(second);
        using RelaySubscription events = Relay.Subscribe();
        using var metrics = new RecordingMeter(Telemetry);
        Relay.Evict(first.LocalPeer, "misbehaves");
        Acl.Reserve = _ => AclVerdict.Deny("left");
        Relay.PolicyChanged();
        events.Dispose();

        var told = new List<RelayEvent>();
        await foreach (RelayEvent happened in events)
            told.Add(happened with { At = default });
        Assert.That(
            told,
            Is.EqualTo(
            [
                new RelayEvent.ReservationEnded(first.LocalPeer, ReasonCode.Evicted, "misbehaves") { At = default },
                new RelayEvent.ReservationEnded(second.LocalPeer, ReasonCode.MembershipLost, "left") { At = default },
            ]));
        Assert.That(metrics["relay.evictions{reason=Evicted}"], Is.EqualTo(1));
        Assert.That(metrics["relay.evictions{reason=MembershipLost}"], Is.EqualTo(1));
    }
}
