using Relay.Circuit.Wire;
using Relay.Multiformats;
using Relay.TestKit;
using Relay.TestKit.Wire;

namespace Relay.Circuit.Tests.Wire;

/// <summary>Good messages with damage: whatever it does to them, parsing ends in a request or a reason, never in an exception.</summary>
[TestFixture]
internal sealed class MutationTests
{
    private const int Rounds = 20_000;

    private static readonly PeerId Peer = TestPeers.Key(2).PeerId;
    private static readonly RawMessage Limit = new RawMessage().With(1, 120).With(2, 131072);

    [Test]
    public void Damaged_HOP_requests()
    {
        RawMessage[] seeds = [RawHop.Reserve(), RawHop.Connect(Peer), RawHop.Connect(Peer).With(4, Limit), RawHop.Answer(Status.Ok)];
        HashSet<ReasonCode> faults = [];
        foreach (byte[] bytes in Mutations.Of([.. seeds.Select(s => s.ToBytes())], seed: 11, Rounds))
        {
            HopRequest request = HopRequest.Parse(new ReceivedMessage(bytes, ReasonCode.None));
            Assert.That(request.Kind != HopRequestKind.Faulty || request.Fault != ReasonCode.None);
            Assert.That(request.Kind != HopRequestKind.Connect || (request.Destination is null) == (request.Fault == ReasonCode.PeerInvalid));
            faults.Add(request.Fault);
        }

        Assert.That(faults, Is.EquivalentTo(new[]
        {
            ReasonCode.None, ReasonCode.MessageUnreadable, ReasonCode.MessageTypeUnknown, ReasonCode.MessageUnexpected, ReasonCode.PeerInvalid,
        }));
    }

    [Test]
    public void Damaged_STOP_requests_and_answers()
    {
        RawMessage[] seeds = [RawStop.Connect(Peer), RawStop.Connect(Peer).With(3, Limit), RawStop.Answer(Status.Ok), RawStop.Answer(Status.ConnectionFailed)];
        foreach (byte[] bytes in Mutations.Of([.. seeds.Select(s => s.ToBytes())], seed: 12, Rounds))
        {
            var received = new ReceivedMessage(bytes, ReasonCode.None);
            StopRequest request = StopRequest.Parse(received);
            Assert.That(request.Source is null, Is.EqualTo(request.Fault != ReasonCode.None));
            StopAnswer.Parse(received);
        }
    }

    [Test]
    public void A_damaged_voucher_does_not_open()
    {
        IdentityKey relay = TestPeers.Key(1);
        var voucher = new ReservationVoucher(relay.PeerId, Peer, DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
        byte[] good = SignedEnvelope
            .Seal(relay, CircuitProtocol.VoucherDomain, CircuitProtocol.VoucherPayloadType, VoucherCodec.EncodePayload(voucher))
            .ToByteArray();
        foreach (byte[] bytes in Mutations.Of([good], seed: 13, 2000))
        {
            // Damage to what is not signed, an unknown field say, may pass; what it says then is still what was signed.
            if (VoucherCodec.TryOpen(bytes, out ReservationVoucher? opened, out string? error))
                Assert.That(opened, Is.EqualTo(voucher));
            else
                Assert.That(error, Is.Not.Empty);
        }
    }
}
