using Relay.Interop.Tests.Nodes;
using Relay.Interop.Tests.Peer;
using Relay.Interop.Tests.Scenarios;

namespace Relay.Interop.Tests;

/// <summary>Circuits between js-libp2p peers through our relay.</summary>
public sealed class CircuitTests : RelayTest
{
    [Test]
    public async Task Js_peers_that_listen_and_dial_the_ordinary_way_echo_through_the_relay()
    {
        RelayNode relay = await StartRelayAsync();
        (JsPeer listener, JsPeer dialer) = await StartTwoAsync();

        JsConnection connection = await CircuitScenarios.EchoesThroughAsync(relay.Address(), listener, dialer, CircuitScenarios.MegaBytes16);

        Assert.That(connection.RemoteAddr, Is.EqualTo($"{relay.Address()}/p2p-circuit/p2p/{listener.PeerId}"));
        Assert.That(connection.Limits?.Seconds, Is.EqualTo(1800));
        Assert.That(connection.Limits?.Bytes, Is.InRange((1 << 30) - 4096, 1 << 30)); // js-libp2p counts down from the first byte
        Assert.That(await dialer.PingAsync(listener.PeerId), Is.GreaterThanOrEqualTo(TimeSpan.Zero));
        Assert.That(relay.Counts, Has.Property(nameof(RelayNodeCounts.Circuits)).EqualTo(1).And.Property(nameof(RelayNodeCounts.Reservations)).EqualTo(1));

        await dialer.CloseAsync(connection);
        await relay.HasCircuitsAsync(0);
    }

    [Test]
    public async Task A_relay_without_limits_makes_ordinary_connections()
    {
        RelayNode relay = await StartRelayAsync(service => (service.MaxData, service.MaxDuration) = (null, null));
        (JsPeer listener, JsPeer dialer) = await StartTwoAsync();

        JsConnection connection = await CircuitScenarios.EchoesThroughAsync(relay.Address(), listener, dialer, 100_000);

        Assert.That(connection.Limits, Is.Null);
    }

    [Test]
    public async Task Raw_circuits_close_one_way_at_a_time_and_pass_resets_on()
    {
        RelayNode relay = await StartRelayAsync();
        (JsPeer source, JsPeer destination) = await StartTwoAsync();

        await CircuitScenarios.HalfClosesAsync(await RawCircuit.OpenAsync(relay.Address(), source, destination));
        await relay.HasCircuitsAsync(0);
        await CircuitScenarios.HalfClosesAsync((await RawCircuit.ConnectAsync(relay.Address(), source, destination)).Reversed());
        await CircuitScenarios.ResetsAsync(await RawCircuit.ConnectAsync(relay.Address(), source, destination));
        await CircuitScenarios.ResetsAsync((await RawCircuit.ConnectAsync(relay.Address(), source, destination)).Reversed());
        await relay.HasCircuitsAsync(0);
    }

    [Test]
    public async Task Bytes_that_come_with_a_request_or_an_answer_belong_to_the_circuit()
    {
        RelayNode relay = await StartRelayAsync();
        (JsPeer source, JsPeer destination) = await StartTwoAsync();
        await destination.TakeOverStopAsync();
        await destination.ReserveAsync(relay.Address());

        JsStream hop = await source.OpenHopAsync(relay.Address());
        await hop.WriteMessageAsync(new { type = "CONNECT", peer = new { id = destination.PeerId } });
        await hop.WriteAsync([1, 2, 3]);
        StopRequest stop = await destination.NextStopAsync();
        await stop.Stream.WriteAsync([4, 0x08, 0x01, 0x20, 0x64, 4, 5, 6]); // STATUS with OK, and three bytes, in one piece

        Assert.That((await hop.ReadMessageAsync()).Status, Is.EqualTo(RelayStatus.Ok));
        Assert.That(await hop.ReadAsync(3), Is.EqualTo(new byte[] { 4, 5, 6 }));
        Assert.That(await stop.Stream.ReadAsync(3), Is.EqualTo(new byte[] { 1, 2, 3 }));
    }

    [Test]
    public async Task A_peer_without_a_reservation_is_not_reached()
    {
        RelayNode relay = await StartRelayAsync();
        (JsPeer source, JsPeer destination) = await StartTwoAsync();

        await Refusals.ConnectIsRefusedAsync(source, relay.Address(), destination.PeerId, RelayStatus.NoReservation);
        await destination.DialAsync(relay.Address());
        await Refusals.ConnectIsRefusedAsync(source, relay.Address(), destination.PeerId, RelayStatus.NoReservation);
        await NodeScenarios.StillServesAsync(destination, relay.Address());
        await destination.HangUpAsync(relay.Id());
        await relay.HasReservationsAsync(0);
        await Refusals.ConnectIsRefusedAsync(source, relay.Address(), destination.PeerId, RelayStatus.NoReservation);
    }

    [Test]
    public async Task Many_circuits_carry_their_bytes_at_once()
    {
        const int Circuits = 24;
        RelayNode relay = await StartRelayAsync();
        (JsPeer source, JsPeer destination) = await StartTwoAsync();
        var open = new List<RawCircuit> { await RawCircuit.OpenAsync(relay.Address(), source, destination) };
        while (open.Count < Circuits)
            open.Add(await RawCircuit.ConnectAsync(relay.Address(), source, destination));
        Assert.That(relay.Counts.Circuits, Is.EqualTo(Circuits));

        Delivery[] deliveries = await Task.WhenAll(open.SelectMany(circuit => new[] { circuit.SendToEndAsync(300_000), circuit.Reversed().SendToEndAsync(300_000) }));

        foreach (Delivery delivery in deliveries)
            delivery.IsWhole();
        await relay.HasCircuitsAsync(0);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task An_end_that_loses_its_connection_resets_the_other(bool source)
    {
        RelayNode relay = await StartRelayAsync();
        (JsPeer first, JsPeer second) = await StartTwoAsync();
        RawCircuit circuit = await RawCircuit.OpenAsync(relay.Address(), first, second);
        if (!source)
            circuit = circuit.Reversed();

        Task<DigestReply> atOther = circuit.Destination.DigestToEndAsync();
        await circuit.Source.Peer.AbortAsync(relay.Id());

        Assert.That((await atOther).End, Is.EqualTo(StreamEnd.Reset));
        await relay.HasCircuitsAsync(0);
    }

    [Test]
    public async Task A_source_that_gives_up_while_the_destination_thinks_frees_its_slot()
    {
        RelayNode relay = await StartRelayAsync();
        (JsPeer source, JsPeer destination) = await StartTwoAsync();
        await destination.TakeOverStopAsync();
        await destination.ReserveAsync(relay.Address());
        JsStream hop = await source.OpenHopAsync(relay.Address());
        await hop.WriteMessageAsync(new { type = "CONNECT", peer = new { id = destination.PeerId } });
        StopRequest stop = await destination.NextStopAsync();

        await hop.ResetAsync();

        await relay.HasCircuitsAsync(0);
        Assert.That((await stop.Stream.DigestToEndAsync()).End, Is.EqualTo(StreamEnd.Reset));
    }

    [TestCase(1, 1024)]
    [TestCase(64, 1)]
    public async Task One_circuit_too_many_is_refused(int perPeer, int inTotal)
    {
        RelayNode relay = await StartRelayAsync(service => (service.MaxCircuits, service.MaxTotalCircuits) = (perPeer, inTotal));
        (JsPeer source, JsPeer destination) = await StartTwoAsync();
        RawCircuit only = await RawCircuit.OpenAsync(relay.Address(), source, destination);

        await Refusals.ConnectIsRefusedAsync(source, relay.Address(), destination.PeerId, RelayStatus.ResourceLimitExceeded);
        await CircuitScenarios.HalfClosesAsync(only);
        await relay.HasCircuitsAsync(0);
        await RawCircuit.ConnectAsync(relay.Address(), source, destination);
    }

    [Test]
    public async Task A_destination_can_refuse_a_circuit()
    {
        RelayNode relay = await StartRelayAsync();
        (JsPeer source, JsPeer destination) = await StartTwoAsync();
        await destination.TakeOverStopAsync();
        await destination.ReserveAsync(relay.Address());

        Task refused = Refusals.ConnectIsRefusedAsync(source, relay.Address(), destination.PeerId, RelayStatus.ConnectionFailed);
        await (await destination.NextStopAsync()).RefuseAsync(RelayStatus.PermissionDenied);
        await refused;
        await relay.HasCircuitsAsync(0);
    }
}
