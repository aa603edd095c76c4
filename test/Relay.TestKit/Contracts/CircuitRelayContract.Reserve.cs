using NUnit.Framework;
using Relay.Circuit;
using Relay.Circuit.Host;
using Relay.Multiformats;
using Relay.TestKit.Wire;

namespace Relay.TestKit.Contracts;

/// <summary>
/// What any host must make of the relay engine: the same claims hold over the in-memory network and over real nodes.
/// </summary>
public abstract partial class CircuitRelayContract : CircuitRelayFixture
{
    [Test]
    public async Task A_reservation_comes_with_expiry_addresses_voucher_and_limit()
    {
        StartRelay(new CircuitRelayOptions { ReservationTtl = TimeSpan.FromMinutes(10), MaxDuration = TimeSpan.FromMinutes(2), MaxData = 131072 });
        IRelayHost peer = await AddPeerAsync();

        RawMessage answer = await ReserveAsync(peer);

        Assert.That(answer.Fields, Is.EqualTo([1, 3, 4, 5]));
        Assert.That(RawHop.StatusOf(answer), Is.EqualTo(Status.Ok));
        ulong expire = (ulong)(Time.GetUtcNow() + TimeSpan.FromMinutes(10)).ToUnixTimeSeconds();
        RawMessage reservation = answer.Message(3)!;
        Assert.That(reservation.Varint(1), Is.EqualTo(expire));
        Assert.That(
            reservation.AllBytes(2).Select(bytes => Multiaddress.FromBytes(bytes).ToString()),
            Is.EqualTo(RelayHost.AdvertisedAddresses.Select(a => $"{a}/p2p/{RelayHost.LocalPeer}")));
        Assert.That((answer.Message(4)!.Varint(1), answer.Message(4)!.Varint(2)), Is.EqualTo(((ulong?)120, (ulong?)131072)));

        Assert.That(SignedEnvelope.TryOpen(reservation.Bytes(3), "libp2p-relay-rsvp", [0x03, 0x02], out SignedEnvelope? envelope, out string? error), Is.True, error);
        RawMessage voucher = RawMessage.Parse(envelope!.Payload.Span);
        Assert.That(envelope.Signer.ToPeerId(), Is.EqualTo(RelayHost.LocalPeer));
        Assert.That(voucher.Fields, Is.EqualTo([1, 2, 3]));
        Assert.That(voucher.Bytes(1), Is.EqualTo(RelayHost.LocalPeer.ToByteArray()));
        Assert.That(voucher.Bytes(2), Is.EqualTo(peer.LocalPeer.ToByteArray()));
        Assert.That(voucher.Varint(3), Is.EqualTo(expire));
    }

    [Test]
    public async Task Who_reserves_is_the_remote_peer_and_not_one_the_message_names()
    {
        StartRelay();
        IRelayHost peer = await AddPeerAsync();
        (IRelayHost Host, ScriptedDestination Stop) other = (await AddPeerAsync(), null!);

        RawMessage request = RawHop.Reserve().With(2, new RawMessage().With(1, other.Host.LocalPeer.ToByteArray()));
        Assert.That(RawHop.StatusOf(await AskAsync(peer, request)), Is.EqualTo(Status.Ok));

        Assert.That(await ConnectRefusedAsync(peer, other.Host), Is.EqualTo(Status.NoReservation));
    }

    [Test]
    public async Task Reserving_and_connecting_announce_no_limit_when_there_is_none()
    {
        StartRelay(new CircuitRelayOptions { MaxData = null, MaxDuration = null });
        IRelayHost host = await AddPeerAsync();
        Assert.That((await ReserveAsync(host)).Fields, Is.EqualTo([1, 3, 5]));

        RelayedCircuit circuit = await OpenCircuitAsync(await AddPeerAsync(), (host, ServeStop(host)));

        Assert.That(circuit.HopAnswer.Fields, Is.EqualTo([1, 5]));
        Assert.That(circuit.StopRequest.Fields, Is.EqualTo([1, 2]));
        await CloseAsync(circuit);
    }

    [Test]
    public async Task A_limit_on_one_thing_says_nothing_about_the_other([Values] bool limitsData)
    {
        StartRelay(limitsData
            ? new CircuitRelayOptions { MaxData = 5000, MaxDuration = null }
            : new CircuitRelayOptions { MaxData = null, MaxDuration = TimeSpan.FromMilliseconds(90_500) });

        RawMessage limit = (await ReserveAsync(await AddPeerAsync())).Message(4)!;

        (ulong?, ulong?) expected = limitsData ? (null, 5000ul) : (91ul, null);
        Assert.That((limit.Varint(1), limit.Varint(2)), Is.EqualTo(expected));
    }

    [Test]
    public async Task A_peer_the_acl_denies_is_refused()
    {
        StartRelay();
        IRelayHost stranger = await AddPeerAsync();
        Acl.Reserve = peer => peer != stranger.LocalPeer;

        RawMessage answer = await ReserveAsync(stranger);

        AssertRefusal(answer);
        Assert.That(RawHop.StatusOf(answer), Is.EqualTo(Status.PermissionDenied));
        Assert.That(Relay.Counts.Reservations, Is.Zero);
        await AssertServesAsync();
    }

    [Test]
    public async Task Reservations_are_granted_up_to_the_maximum_and_not_one_more()
    {
        StartRelay(new CircuitRelayOptions { MaxReservations = 2 });
        IRelayHost first = await AddPeerAsync();
        Assert.That(RawHop.StatusOf(await ReserveAsync(first)), Is.EqualTo(Status.Ok));
        Assert.That(RawHop.StatusOf(await ReserveAsync(await AddPeerAsync())), Is.EqualTo(Status.Ok));

        RawMessage refusal = await ReserveAsync(await AddPeerAsync());
        AssertRefusal(refusal);
        Assert.That(RawHop.StatusOf(refusal), Is.EqualTo(Status.ReservationRefused));

        Assert.That(RawHop.StatusOf(await ReserveAsync(first)), Is.EqualTo(Status.Ok), "a renewal");
        Assert.That(Relay.Counts.Reservations, Is.EqualTo(2));
    }

    [Test]
    public async Task An_expired_reservation_is_unusable_at_once_and_a_renewal_moves_the_end()
    {
        StartRelay(new CircuitRelayOptions { ReservationTtl = TimeSpan.FromMinutes(2) });
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        IRelayHost source = await AddPeerAsync();

        Time.Advance(TimeSpan.FromMinutes(1));
        RawMessage renewal = await ReserveAsync(destination.Host);
        Assert.That(renewal.Message(3)!.Varint(1), Is.EqualTo((ulong)(Time.GetUtcNow() + TimeSpan.FromMinutes(2)).ToUnixTimeSeconds()));
        Assert.That(Relay.Counts.Reservations, Is.EqualTo(1), "a refresh does not count twice");

        Time.Advance(TimeSpan.FromMinutes(2) - TimeSpan.FromTicks(1));
        await CloseAsync(await OpenCircuitAsync(source, destination));

        Time.Advance(TimeSpan.FromTicks(1));
        Assert.That(await ConnectRefusedAsync(source, destination.Host), Is.EqualTo(Status.NoReservation));
    }

    [Test]
    public async Task A_reservation_ends_with_the_connection()
    {
        StartRelay(new CircuitRelayOptions { MaxReservations = 1 });
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();

        await Network.DisconnectAsync(destination.Host).InTime();
        await Eventually.EqualsAsync(0, () => Relay.Counts.Reservations, "the number of reservations");
        await Network.ConnectAsync(destination.Host, RelayHost).InTime();

        Assert.That(await ConnectRefusedAsync(await AddPeerAsync(), destination.Host), Is.EqualTo(Status.NoReservation));
        Assert.That(RawHop.StatusOf(await ReserveAsync(await AddPeerAsync())), Is.EqualTo(Status.Ok), "the slot is free");
    }
}
