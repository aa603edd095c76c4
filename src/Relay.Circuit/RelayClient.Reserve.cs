using System.Net;
using Google.Protobuf;
using Relay.Circuit.Host;
using Relay.Circuit.Wire;
using Relay.Multiformats;

namespace Relay.Circuit;

public sealed partial class RelayClient
{
    /// <summary>How long a relay that has answered gets to close its side; js-libp2p takes a reservation back when it cannot.</summary>
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Reserves a slot on <paramref name="relay"/>, or renews the one this node holds there.</summary>
    /// <param name="relay">A peer there is a direct connection to.</param>
    /// <param name="cancellationToken">Gives up; the relay may have granted the slot all the same.</param>
    /// <exception cref="RelayException">The relay refused, did not answer, or what it granted cannot be right.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> fired.</exception>
    public async Task<Reservation> ReserveAsync(PeerId relay, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(relay);
        (IHostStream stream, MessageStream hop, HopMessage answer) = await AskAsync(relay, HopMessages.Reserve(), cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            Reservation reservation = ReadReservation(relay, answer) with { Connection = stream.Connection };
            try
            {
                await hop.FinishAsync(CloseTimeout).ConfigureAwait(false);
            }
            catch (Exception e) when (e is HostStreamException or TimeoutException)
            {
                // The answer is here; how the stream ends changes nothing about it.
            }

            LogReserved(relay, reservation.Expiration);
            return reservation;
        }
    }

    private Reservation ReadReservation(PeerId relay, HopMessage answer)
    {
        // 1. OK comes with a reservation, and that with an expiry in the future.
        if (answer.Reservation is not { HasExpire: true } granted)
            throw Malformed(relay, "it has no reservation");
        if (!UnixTime.TryFromSeconds(granted.Expire, out DateTimeOffset expiration))
            throw Malformed(relay, "its expiry is no time");
        if (expiration <= _time.GetUtcNow())
            throw new RelayException(RelayError.Expired, $"The reservation on {relay} has expired already, at {expiration:O}.");

        // 2. A voucher is optional; one that is there is signed by the relay and about this reservation.
        ReservationVoucher? voucher = granted.HasVoucher ? ReadVoucher(relay, granted.Voucher.Span, expiration) : null;

        return new Reservation(relay, expiration, ReadAddresses(relay, granted.Addrs), voucher, LimitCodec.FromWire(answer.Limit));
    }

    private ReservationVoucher ReadVoucher(PeerId relay, ReadOnlySpan<byte> bytes, DateTimeOffset expiration)
    {
        string? error;
        if (!VoucherCodec.TryOpen(bytes, out ReservationVoucher? voucher, out error))
            throw InvalidVoucher(relay, error);
        if (voucher.Relay != relay)
            throw InvalidVoucher(relay, "it is another relay's");
        if (voucher.Peer != _host.LocalPeer)
            throw InvalidVoucher(relay, "it is about another peer");
        if (voucher.Expiration != expiration)
            throw InvalidVoucher(relay, "it expires at another time than the reservation");

        return voucher;
    }

    private List<Multiaddress> ReadAddresses(PeerId relay, IEnumerable<ByteString> addresses)
    {
        List<Multiaddress> usable = [];
        foreach (ByteString bytes in addresses)
        {
            if (!Multiaddress.TryFromBytes(bytes.Span, out Multiaddress? address, out string? error))
                LogAddressSkipped(relay, error ?? "unreadable");
            else if (address.IsCircuit)
                LogAddressSkipped(relay, "it goes through a relay");
            else if (LeadsNowhere(address))
                LogAddressSkipped(relay, "it leads nowhere");
            else
                usable.Add(address);
        }

        return usable;
    }

    // Some relays give what they listen on: to whoever dials 0.0.0.0, that is his own machine.
    private static bool LeadsNowhere(Multiaddress address) =>
        (address.TryGetIPAddress(out IPAddress? ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)))
        || (address.TryGetEndPoint(out IPEndPoint? endpoint) && endpoint.Port == 0);

    private static RelayException InvalidVoucher(PeerId relay, string why)
        => new(RelayError.InvalidVoucher, $"The voucher of the relay {relay} is not good: {why}.");
}
