using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Relay.Circuit.Host;
using Relay.Multiformats;

namespace Relay.Circuit.Wire;

/// <summary>Vouchers between <see cref="ReservationVoucher"/> and the signed envelope the wire carries.</summary>
internal static class VoucherCodec
{
    private static readonly MessageParser<Voucher> Parser = Voucher.Parser.WithDiscardUnknownFields(true);

    /// <summary>The payload in canonical form: the three fields in order of their numbers, nothing else.</summary>
    public static byte[] EncodePayload(ReservationVoucher voucher) => new Voucher
    {
        Relay = PeerCodec.ToBytes(voucher.Relay),
        Peer = PeerCodec.ToBytes(voucher.Peer),
        Expiration = (ulong)voucher.Expiration.ToUnixTimeSeconds(),
    }.ToByteArray();

    /// <summary>The voucher signed by the host.</summary>
    public static byte[] Seal(IRelayHost host, ReservationVoucher voucher)
        => host.Seal(CircuitProtocol.VoucherDomain, CircuitProtocol.VoucherPayloadType, EncodePayload(voucher));

    /// <summary>Opens a voucher: a good envelope of the right kind, signed by the relay it names. Never throws.</summary>
    public static bool TryOpen(
        ReadOnlySpan<byte> envelopeBytes,
        [NotNullWhen(true)] out ReservationVoucher? voucher,
        [NotNullWhen(false)] out string? error)
    {
        voucher = null;
        if (!SignedEnvelope.TryOpen(envelopeBytes, CircuitProtocol.VoucherDomain, CircuitProtocol.VoucherPayloadType, out SignedEnvelope? envelope, out error))
            return false;

        Voucher message;
        try
        {
            message = Parser.ParseFrom(envelope.Payload.Span);
        }
        catch (InvalidProtocolBufferException)
        {
            error = "the voucher is not a protobuf message";
            return false;
        }

        if (!PeerId.TryFromBytes(message.Relay.Span, out PeerId? relay) || !PeerId.TryFromBytes(message.Peer.Span, out PeerId? peer))
        {
            error = "the voucher does not name a relay and a peer";
            return false;
        }

        if (envelope.Signer.ToPeerId() != relay)
        {
            error = "the voucher is not signed by the relay it names";
            return false;
        }

        if (!UnixTime.TryFromSeconds(message.Expiration, out DateTimeOffset expiration))
        {
            error = "the voucher's expiration is no time";
            return false;
        }

        voucher = new ReservationVoucher(relay, peer, expiration);
        error = null;
        return true;
    }
}
