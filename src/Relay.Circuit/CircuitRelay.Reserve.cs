using System.Diagnostics;
using Google.Protobuf;
using Relay.Circuit.Host;
using Relay.Circuit.Live;
using Relay.Circuit.Wire;
using Relay.Multiformats;

namespace Relay.Circuit;

public sealed partial class CircuitRelay
{
    /// <summary>RESERVE: circuit-v2, "Reservation".</summary>
    private async ValueTask ReserveAsync(IHostStream stream, MessageStream hop, HopPlace place)
    {
        // 1. The peer that reserves is the authenticated remote, whatever the message says. Relayed connections, access control, caps, rates and memory are
        //    checked in this order: the first two answer PERMISSION_DENIED, caps and rates RESERVATION_REFUSED, memory RESOURCE_LIMIT_EXCEEDED.
        PeerId peer = stream.RemotePeer;
        using Activity? activity = _telemetry.ActivitySource.StartActivity("relay.reserve", ActivityKind.Server);
        Decision decision = DecideReserve(stream, out ReservationGrant? grant);
        activity.Tell(decision);
        if (grant is null)
        {
            TellReservations(); // what has expired
            _journal.Decided(RelayOperation.Reserve, peer, null, decision);
            LogReserveRefused(peer, decision.Reason, decision);
            await RefuseAsync(hop, place, decision.Status, activity).ConfigureAwait(false);
            return;
        }

        _journal.Reserved(decision);
        TellReservations();

        // 2. A reservation lasts while the peer is connected. A disconnect that came before the grant has found nothing to free. What the peer, back already,
        //    has made of this grant meanwhile is not this request's to end.
        if (!_host.IsConnected(peer))
        {
            _admission.Disconnect(peer, grant.Serial);
            TellReservations();
            stream.Reset();
            return;
        }

        bool isDelivered = false;
        try
        {
            // 3. The answer has expiry, addresses, voucher and, when circuits are limited, the limit.
            HopMessage answer = HopMessages.Reserved(MakeReservation(grant), LimitCodec.ToWire(grant.Options.MaxDuration, grant.Options.MaxData));
            TrimAddresses(answer);
            place.Dispose(); // the request is over when its peer hears so
            await hop.WriteLastAsync(answer, Options.HopTimeout).ConfigureAwait(false);
            isDelivered = true;
            LogReserved(peer, decision.Reason, grant.Expiration);
        }
        finally
        {
            // 4. A grant the peer was never told of is taken back.
            if (!isDelivered && _admission.Retract(grant))
            {
                TellReservations();
                LogRetracted(peer);
            }
        }

        // 5. One request, one answer: the stream is done. What the peer does now is no part of the activity.
        activity?.Stop();
        await hop.LingerAsync(MessageStream.LingerTimeout).ConfigureAwait(false);
    }

    private Decision DecideReserve(IHostStream stream, out ReservationGrant? grant)
    {
        var request = new ReserveRequest(stream.RemotePeer, stream.RemoteAddress, stream.IsRelayed) { Memory = Load() };
        for (int asked = 0; ; asked++)
        {
            if (_admission.Reserve(request, out grant) is { } decision)
                return decision;
            if (asked == MaxVerdicts)
                return Decision.Refused(Status.PermissionDenied, ReasonCode.PolicyUnsettled);

            request = request with { Verdict = AskReserve(request.Peer, request.Address) };
        }
    }

    private Wire.Reservation MakeReservation(ReservationGrant grant)
    {
        var voucher = new ReservationVoucher(_host.LocalPeer, grant.Peer, grant.Expiration);
        var reservation = new Wire.Reservation
        {
            Expire = (ulong)grant.Expiration.ToUnixTimeSeconds(),
            Voucher = UnsafeByteOperations.UnsafeWrap(VoucherCodec.Seal(_host, voucher)),
        };

        // The relay's addresses with its id, ready for the peer to append p2p-circuit: so none that has it already, and none of another peer.
        foreach (Multiaddress address in _host.AdvertisedAddresses)
        {
            if (!address.IsCircuit && (address.PeerId is null || address.PeerId == _host.LocalPeer))
                reservation.Addrs.Add(UnsafeByteOperations.UnsafeWrap(address.WithPeerId(_host.LocalPeer).ToByteArray()));
        }

        return reservation;
    }

    /// <summary>A client refuses messages over the bound, so a host with very many addresses advertises the first ones.</summary>
    private static void TrimAddresses(HopMessage answer)
    {
        while (answer.CalculateSize() > CircuitProtocol.MaxMessageLength && answer.Reservation.Addrs.Count > 0)
            answer.Reservation.Addrs.RemoveAt(answer.Reservation.Addrs.Count - 1);
    }
}
