using Relay.Interop.Tests.Peer;

namespace Relay.Interop.Tests.Scenarios;

/// <summary>What a relay must have answered to RESERVE, and everything in which an answer differs.</summary>
/// <param name="Relay">The relay's peer id.</param>
/// <param name="Peer">The peer id of who asked.</param>
/// <param name="Ttl">How long the reservation must hold.</param>
/// <param name="DurationLimit">In seconds; null when the message must not say one.</param>
/// <param name="DataLimit">In bytes; null when the message must not say one.</param>
internal sealed record ReservationCheck(string Relay, string Peer, TimeSpan Ttl, long? DurationLimit, long? DataLimit)
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(15); // from the relay's clock reading to ours, on a busy machine

    public IReadOnlyList<string> Faults(CircuitMessage reply) =>
        [.. Envelope(reply), .. Reservation(reply.Reservation), .. Voucher(reply.Reservation), .. Limit(reply.Limit)];

    private static IEnumerable<string> Envelope(CircuitMessage reply)
    {
        if (reply.Type != "STATUS")
            yield return $"type is {reply.Type ?? "absent"}, not STATUS";
        if (reply.Status != RelayStatus.Ok)
            yield return $"status is {reply.Status?.ToString() ?? "absent"}, not Ok";
        if (reply.Peer is not null)
            yield return "peer is present";
        if (reply.Fields.Except([1, 3, 4, 5]).Any())
            yield return $"fields are {string.Join(' ', reply.Fields)}, of which only 1 3 4 5 belong into this reply";
    }

    private IEnumerable<string> Reservation(CircuitMessageReservation? reservation)
    {
        if (reservation is null)
        {
            yield return "reservation is absent";
            yield break;
        }
        DateTimeOffset latest = DateTimeOffset.UtcNow + Ttl;
        DateTimeOffset expire = DateTimeOffset.FromUnixTimeSeconds(reservation.Expire ?? 0);
        if (expire > latest || expire < latest - Delay)
            yield return $"expire is {expire:O}; {Ttl} from now is {latest:O}";
        if (reservation.Addrs.Count == 0)
            yield return "addrs is empty";
        foreach (string address in reservation.Addrs)
        {
            if (!address.EndsWith($"/p2p/{Relay}", StringComparison.Ordinal) || address.Split("/p2p/").Length != 2)
                yield return $"{address} does not end in the relay's peer id, once";
            if (address.Contains("p2p-circuit", StringComparison.Ordinal))
                yield return $"{address} is itself relayed";
        }
        if (reservation.Fields.Except([1, 2, 3]).Any())
            yield return $"the reservation has unknown fields among {string.Join(' ', reservation.Fields)}";
    }

    private IEnumerable<string> Voucher(CircuitMessageReservation? reservation)
    {
        if (reservation?.Voucher is not { } voucher)
        {
            yield return "voucher is absent";
            yield break;
        }
        if (!voucher.Fields.SequenceEqual([1, 2, 3, 5]))
            yield return $"the envelope's fields are {string.Join(' ', voucher.Fields)}, not 1 2 3 5";
        if (voucher.PayloadType != "0302")
            yield return $"the payload type is {voucher.PayloadType}, not 0302";
        if (!voucher.SignatureValid)
            yield return "the voucher's signature is wrong";
        if (voucher.Signer != Relay)
            yield return $"the voucher is signed by {voucher.Signer}, not by the relay";
        if (!voucher.PayloadFields.SequenceEqual([1, 2, 3]))
            yield return $"the voucher's fields are {string.Join(' ', voucher.PayloadFields)}, not 1 2 3";
        if (voucher.Relay != Relay)
            yield return $"the voucher names the relay {voucher.Relay}";
        if (voucher.Peer != Peer)
            yield return $"the voucher names the peer {voucher.Peer}";
        if (voucher.Expiration != reservation.Expire)
            yield return $"the voucher expires at {voucher.Expiration}, the reservation at {reservation.Expire}";
    }

    private IEnumerable<string> Limit(CircuitMessageLimit? limit)
    {
        if (limit is not null && DurationLimit is null && DataLimit is null)
            yield return "limit is present, and nothing is limited";
        if (limit?.Duration != DurationLimit)
            yield return $"the duration limit is {limit?.Duration?.ToString() ?? "absent"}, not {DurationLimit?.ToString() ?? "absent"}";
        if (limit?.Data != DataLimit)
            yield return $"the data limit is {limit?.Data?.ToString() ?? "absent"}, not {DataLimit?.ToString() ?? "absent"}";
    }
}
