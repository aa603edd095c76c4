using System.Text;
using Relay.Circuit;
using Relay.Multiformats;
using Relay.TestKit.Wire;

namespace Relay.TestKit.Conformance;

public static partial class ConformanceCases
{
    private static IEnumerable<ConformanceCase> Reservations()
    {
        yield return new(5, "RESERVE is answered with STATUS, OK and a reservation, and FIN", async relay =>
        {
            ProbeStream hop = await (await relay.ConnectAsync()).OpenHopAsync();
            await hop.SendAsync(Reserve);
            RawMessage answer = await hop.ReceiveMessageAsync();
            Expect.Equal(Status.Ok, RawHop.StatusOf(answer), "the status");
            Expect.That(answer.Message(3) is not null, "there is no reservation in it");
            await hop.FinishAsync();
            Expect.Equal((0L, false), await hop.ReceiveToEndAsync(), "what follows the answer, which must be FIN");
        });
        yield return new(5, "Who reserves is the remote peer and not one the message names", async relay =>
        {
            ProbeClient client = await relay.ConnectAsync();
            PeerId other = IdentityKey.Generate().PeerId;
            RawMessage answer = await client.AskAsync(RawHop.Reserve().With(2, new RawMessage().With(1, other.ToByteArray())).ToFrame());
            if (RawHop.StatusOf(answer) == Status.Ok && answer.Message(3)?.Bytes(3) is { } voucher)
                Expect.Equal(client.PeerId, PeerId.FromBytes(RawMessage.Parse(voucher).Message(3)!.Bytes(2)!), "the peer in the voucher");
            await NoReservationAsync(await relay.ConnectAsync(), other);
        });
        yield return new(7, "The expiry is in seconds and in the future", async relay =>
        {
            RawMessage answer = await (await relay.ConnectAsync()).ReserveAsync();
            long left = (long)answer.Message(3)!.Varint(1)!.Value - DateTimeOffset.UtcNow.ToUnixTimeSeconds();
            Expect.That(left is > 0 and < 366L * 24 * 3600, $"it expires in {left} s");
        });
        yield return new(7, "A renewal does not shorten a reservation", async relay =>
        {
            ProbeClient client = await relay.ConnectAsync();
            ulong first = (await client.ReserveAsync()).Message(3)!.Varint(1)!.Value;
            ulong second = (await client.ReserveAsync()).Message(3)!.Varint(1)!.Value;
            Expect.That(second >= first, $"it expires at {second} after a renewal and did at {first}");
        });
        yield return new(8, "The addresses are the relay's, with its id and without p2p-circuit", async relay =>
        {
            RawMessage answer = await (await relay.ConnectAsync()).ReserveAsync();
            foreach (byte[] bytes in answer.Message(3)!.AllBytes(2))
            {
                Expect.That(Multiaddress.TryFromBytes(bytes, out Multiaddress? address, out string? error), $"an address does not parse: {error}");
                Expect.That(address!.PeerId == relay.PeerId && !address.IsCircuit, $"one is {address}");
            }
        });
        yield return new(9, "A reservation comes with a voucher", async relay =>
            Expect.That((await (await relay.ConnectAsync()).ReserveAsync()).Message(3)!.Bytes(3) is not null, "there is none"));
        yield return new(10, "The voucher is an envelope of the right domain and type, signed by the relay", CheckVoucherAsync);
        yield return new(12, "A limit that is announced limits something", async relay =>
        {
            RawMessage? limit = (await (await relay.ConnectAsync()).ReserveAsync()).Message(4);
            Expect.That(limit is null || limit.Varint(1) > 0 || limit.Varint(2) > 0, "the limit is there and says nothing; it must be left out");
        });
        yield return new(13, "A reservation ends with the connection", async relay =>
        {
            ProbeClient client = await relay.ReserveAsync();
            await client.ReconnectAsync();
            await NoReservationAsync(await relay.ConnectAsync(), client.PeerId);
        });
    }

    // envelope { 1 public key, 2 payload type 03 02, 3 payload { 1 relay, 2 peer, 3 expiration }, 5 signature }, to the last byte.
    private static async Task CheckVoucherAsync(ProbedRelay relay)
    {
        ProbeClient client = await relay.ConnectAsync();
        RawMessage reservation = (await client.ReserveAsync()).Message(3)!;
        byte[] voucher = reservation.Bytes(3) ?? throw new ConformanceException("there is no voucher", isUndecided: true);
        RawMessage envelope = RawMessage.Parse(voucher);
        Expect.That(envelope.Fields.SequenceEqual([1, 2, 3, 5]), $"the envelope has the fields {string.Join(", ", envelope.Fields)}, not 1, 2, 3, 5");
        PublicKey key = PublicKey.FromProtobuf(envelope.Bytes(1)!);
        byte[] payload = new RawMessage().With(1, relay.PeerId.ToByteArray()).With(2, client.PeerId.ToByteArray()).With(3, reservation.Varint(1)!.Value).ToBytes();
        byte[] golden = new RawMessage().With(1, key.ToProtobuf()).With(2, [0x03, 0x02]).With(3, payload).With(5, envelope.Bytes(5)!).ToBytes();
        Expect.Equal(relay.PeerId, key.ToPeerId(), "the signer");
        Expect.Bytes(golden, voucher, "the voucher");
        byte[] signed = [.. RawMessage.Frame(Encoding.ASCII.GetBytes("libp2p-relay-rsvp")), .. RawMessage.Frame([0x03, 0x02]), .. RawMessage.Frame(payload)];
        Expect.That(key.Verify(signed, envelope.Bytes(5)!), "the signature is not over domain, type and payload");
    }

    private static async Task NoReservationAsync(ProbeClient source, PeerId destination)
    {
        ProbeStream hop = await source.OpenHopAsync();
        await hop.SendAsync(RawHop.Connect(destination));
        await IsRefusedAsync(hop, Status.NoReservation);
    }
}
