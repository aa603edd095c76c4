using Google.Protobuf;
using Relay.Circuit.Wire;
using Relay.Multiformats;
using Relay.TestKit.Wire;

namespace Relay.Circuit.Tests.Wire;

/// <summary>
/// Bytes another implementation wrote: <c>HopMessage.encode</c>, <c>StopMessage.encode</c> and <c>RecordEnvelope.seal</c> of js-libp2p
/// (@libp2p/circuit-relay-v2 4.2.13, @libp2p/crypto 5.1.23), for the Ed25519 keys whose seeds are 32 bytes of 1 (relay), 2 (peer) and 3 (source).
/// Ed25519 signatures are deterministic, so the voucher is theirs to the last byte.
/// </summary>
[TestFixture]
internal sealed class GoldenMessageTests
{
    private const string RelayId = "0024080112208a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c";
    private const string PeerHex = "0024080112208139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394";
    private const string SourceId = "002408011220ed4928c628d1c2c6eae90338905995612959273a5c63f93636c14614ac8737d1";
    private const string VoucherPayload = "0a26" + RelayId + "1226" + PeerHex + "1880a4a7da06";
    private const string Voucher =
        "0a24080112208a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c" + "12020302" + "1a56" + VoucherPayload
        + "2a40978dc7b198cb4940a80cfad34f9205d7a83e8d7cd49860eb4fe2021ac84e60bd7977bf2611824610d203f5b1097341c708f9acf16c61739f95804eb78594a807";

    private const string LimitField = "0908880e108080808004"; // 1800 s, 1 GiB

    private static readonly IdentityKey Relay = TestPeers.Key(1);
    private static readonly IdentityKey Peer = TestPeers.Key(2);
    private static readonly IdentityKey Source = TestPeers.Key(3);
    private static readonly DateTimeOffset Expiration = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
    private static readonly Limit Limit = LimitCodec.ToWire(TimeSpan.FromMinutes(30), 1L << 30)!;

    [Test]
    public void The_keys_are_the_same()
    {
        Assert.That(Relay.PeerId.ToString(), Is.EqualTo("12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5"));
        Assert.That(Convert.ToHexStringLower(Peer.PeerId.ToByteArray()), Is.EqualTo(PeerHex));
        Assert.That(Convert.ToHexStringLower(Source.PeerId.ToByteArray()), Is.EqualTo(SourceId));
    }

    [Test]
    public void Hop_requests()
    {
        Assert.That(Hex(HopMessages.Reserve()), Is.EqualTo("0800"));
        Assert.That(Hex(HopMessages.Connect(Peer.PeerId)), Is.EqualTo("080112280a26" + PeerHex));

        Assert.That(Parse("0800"), Is.EqualTo(new HopRequest(HopRequestKind.Reserve, null, ReasonCode.None)));
        Assert.That(Parse("080112280a26" + PeerHex), Is.EqualTo(new HopRequest(HopRequestKind.Connect, Peer.PeerId, ReasonCode.None)));
    }

    [TestCase(Status.Ok, "08022864")]
    [TestCase(Status.ReservationRefused, "080228c801")]
    [TestCase(Status.ResourceLimitExceeded, "080228c901")]
    [TestCase(Status.PermissionDenied, "080228ca01")]
    [TestCase(Status.ConnectionFailed, "080228cb01")]
    [TestCase(Status.NoReservation, "080228cc01")]
    [TestCase(Status.MalformedMessage, "0802289003")]
    [TestCase(Status.UnexpectedMessage, "0802289103")]
    public void Hop_answers(Status status, string hex)
    {
        Assert.That(Hex(HopMessages.Answer(status)), Is.EqualTo(hex));
        Assert.That(RawHop.StatusOf(RawMessage.Parse(Convert.FromHexString(hex))), Is.EqualTo(status));
    }

    [Test]
    public void The_OK_to_CONNECT() => Assert.That(Hex(HopMessages.Answer(Status.Ok, Limit)), Is.EqualTo("080222" + LimitField + "2864"));

    [Test]
    public void The_voucher_to_the_last_byte()
    {
        var voucher = new ReservationVoucher(Relay.PeerId, Peer.PeerId, Expiration);
        byte[] payload = VoucherCodec.EncodePayload(voucher);
        byte[] sealedVoucher = SignedEnvelope.Seal(Relay, CircuitProtocol.VoucherDomain, CircuitProtocol.VoucherPayloadType, payload).ToByteArray();

        Assert.That(Convert.ToHexStringLower(payload), Is.EqualTo(VoucherPayload));
        Assert.That(Convert.ToHexStringLower(sealedVoucher), Is.EqualTo(Voucher));
        Assert.That(VoucherCodec.TryOpen(Convert.FromHexString(Voucher), out ReservationVoucher? opened, out string? error), Is.True, error);
        Assert.That(opened, Is.EqualTo(voucher));
    }

    [Test]
    public void The_OK_to_RESERVE()
    {
        var reservation = new Circuit.Wire.Reservation
        {
            Expire = (ulong)Expiration.ToUnixTimeSeconds(),
            Voucher = ByteString.CopyFrom(Convert.FromHexString(Voucher)),
        };
        reservation.Addrs.Add(ByteString.CopyFrom(Multiaddress.Parse("/ip4/192.0.2.1/tcp/4001").WithPeerId(Relay.PeerId).ToByteArray()));

        Assert.That(
            Hex(HopMessages.Reserved(reservation, Limit)),
            Is.EqualTo("08021a80020880a4a7da06" + "123104c0000201060fa1a50326" + RelayId + "1ac401" + Voucher + "22" + LimitField + "2864"));
    }

    [Test]
    public void Stop_messages()
    {
        Assert.That(Hex(StopMessages.Connect(Source.PeerId, Limit)), Is.EqualTo("080012280a26" + SourceId + "1a" + LimitField));
        Assert.That(Hex(StopMessages.Connect(Source.PeerId, null)), Is.EqualTo("080012280a26" + SourceId));
        Assert.That(Hex(StopMessages.Answer(Status.Ok)), Is.EqualTo("08012064"));
        Assert.That(Hex(StopMessages.Answer(Status.ConnectionFailed)), Is.EqualTo("080120cb01"));

        StopRequest request = StopRequest.Parse(Received("080012280a26" + SourceId + "1a" + LimitField));
        Assert.That(request, Is.EqualTo(new StopRequest(Source.PeerId, new CircuitLimit(TimeSpan.FromMinutes(30), 1L << 30), ReasonCode.None)));
        Assert.That(StopAnswer.Parse(Received("08012064")), Is.EqualTo(ReasonCode.None));
        Assert.That(StopAnswer.Parse(Received("080120cb01")), Is.EqualTo(ReasonCode.StopRefused));
    }

    private static string Hex(IMessage message) => Convert.ToHexStringLower(message.ToByteArray());

    private static ReceivedMessage Received(string hex) => new(Convert.FromHexString(hex), ReasonCode.None);

    private static HopRequest Parse(string hex) => HopRequest.Parse(Received(hex));
}
