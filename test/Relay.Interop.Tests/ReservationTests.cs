using Relay.Interop.Tests.Nodes;
using Relay.Interop.Tests.Peer;
using Relay.Interop.Tests.Scenarios;

namespace Relay.Interop.Tests;

/// <summary>What a js-libp2p peer is given when it reserves, and when it is not.</summary>
public sealed class ReservationTests : RelayTest
{
    [Test]
    public async Task A_reservation_is_right_in_every_field_as_configured()
    {
        RelayNode relay = await StartRelayAsync(service =>
        {
            service.ReservationTtl = TimeSpan.FromMinutes(20);
            service.MaxDuration = TimeSpan.FromMinutes(5);
            service.MaxData = 1 << 20;
        });
        JsPeer peer = await StartPeerAsync();

        CircuitMessage reply = await peer.ReserveAsync(relay.Address());

        var check = new ReservationCheck(relay.Id(), peer.PeerId, TimeSpan.FromMinutes(20), DurationLimit: 300, DataLimit: 1 << 20);
        Assert.That(check.Faults(reply), Is.Empty);
        Assert.That(reply.Reservation!.Addrs, Is.EqualTo(new[] { relay.Address() }));
        Assert.That(relay.Counts.Reservations, Is.EqualTo(1));
    }

    [Test]
    public async Task A_reservation_is_right_in_every_field_by_default()
    {
        RelayNode relay = await StartRelayAsync();
        JsPeer peer = await StartPeerAsync();

        var check = new ReservationCheck(relay.Id(), peer.PeerId, TimeSpan.FromHours(1), DurationLimit: 1800, DataLimit: 1 << 30);
        Assert.That(check.Faults(await peer.ReserveAsync(relay.Address())), Is.Empty);
    }

    [TestCase(null, null, null)]
    [TestCase(1, null, 1)]
    [TestCase(1001, null, 2)]
    [TestCase(null, 1L, null)]
    public async Task Only_what_is_limited_is_announced_in_whole_seconds_rounded_up(int? milliseconds, long? data, int? seconds)
    {
        RelayNode relay = await StartRelayAsync(service =>
        {
            service.MaxDuration = milliseconds is { } some ? TimeSpan.FromMilliseconds(some) : null;
            service.MaxData = data;
        });
        JsPeer peer = await StartPeerAsync();

        CircuitMessage reply = await peer.ReserveAsync(relay.Address());

        var check = new ReservationCheck(relay.Id(), peer.PeerId, TimeSpan.FromHours(1), seconds, data);
        Assert.That(check.Faults(reply), Is.Empty);
        Assert.That(reply.Fields.Contains(4), Is.EqualTo(milliseconds is not null || data is not null), "limit is there when there is a limit");
    }

    [Test]
    public async Task A_peer_that_looks_for_a_relay_finds_ours_by_identify()
    {
        RelayNode relay = await StartRelayAsync();
        JsPeer peer = await StartPeerAsync();
        await peer.DialAsync(relay.Address());

        await peer.ListenAsync("/p2p-circuit");

        string circuit = await peer.AnnouncesAsync(address => address.Contains("/p2p-circuit", StringComparison.Ordinal));
        Assert.That(circuit, Is.EqualTo($"{relay.Address()}/p2p-circuit/p2p/{peer.PeerId}"));
    }

    [Test]
    public async Task Each_answer_is_followed_by_the_end_of_the_stream()
    {
        RelayNode relay = await StartRelayAsync(service => service.MaxReservations = 1);
        (JsPeer first, JsPeer second) = await StartTwoAsync();

        Assert.That(await AnswerAsync(first, new { type = "RESERVE" }), Is.EqualTo(RelayStatus.Ok));
        Assert.That(await AnswerAsync(second, new { type = "RESERVE" }), Is.EqualTo(RelayStatus.ReservationRefused));
        Assert.That(await AnswerAsync(first, new { type = "CONNECT", peer = new { id = second.PeerId } }), Is.EqualTo(RelayStatus.NoReservation));

        async Task<RelayStatus?> AnswerAsync(JsPeer peer, object request)
        {
            JsStream hop = await peer.OpenHopAsync(relay.Address());
            await hop.WriteMessageAsync(request);
            CircuitMessage reply = await hop.ReadMessageAsync();
            DigestReply rest = await hop.DigestToEndAsync();
            Assert.That((rest.Length, rest.End), Is.EqualTo((0L, (StreamEnd?)StreamEnd.Eof)));
            return reply.Status;
        }
    }

    [Test]
    public async Task A_full_relay_refuses_and_goes_on_renewing()
    {
        RelayNode relay = await StartRelayAsync(service => service.MaxReservations = 1);
        (JsPeer first, JsPeer second) = await StartTwoAsync();
        await NodeScenarios.StillServesAsync(first, relay.Address());

        await Refusals.ReserveIsRefusedAsync(second, relay.Address(), RelayStatus.ReservationRefused);
        await Refusals.ListenIsRefusedAsync(second, relay.Address(), "RESERVATION_REFUSED");
        await NodeScenarios.StillServesAsync(first, relay.Address());
        Assert.That(relay.Counts.Reservations, Is.EqualTo(1));

        await first.HangUpAsync(relay.Id());
        await relay.HasReservationsAsync(0);
        await NodeScenarios.StillServesAsync(second, relay.Address());
    }

    [Test]
    public async Task An_address_with_as_many_reservations_as_it_may_have_is_refused()
    {
        RelayNode relay = await StartRelayAsync(service => service.MaxReservationsPerIp = 1);
        (JsPeer first, JsPeer second) = await StartTwoAsync();
        await NodeScenarios.StillServesAsync(first, relay.Address());

        await Refusals.ReserveIsRefusedAsync(second, relay.Address(), RelayStatus.ReservationRefused);
    }
}
