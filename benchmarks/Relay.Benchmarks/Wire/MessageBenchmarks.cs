using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using Relay.Circuit;
using Relay.Circuit.Wire;
using Relay.Multiformats;
using Reservation = Relay.Circuit.Wire.Reservation;

namespace Relay.Benchmarks.Wire;

/// <summary>What do the messages of HOP and STOP cost to write and to read and check, and what do they allocate?</summary>
/// <remarks>
/// One row for each message a relay meets, each of the size it has in practice: a CONNECT names its peer, an answer to RESERVE carries a voucher and two
/// addresses. No parameters: nothing of it grows.
/// </remarks>
public class MessageBenchmarks
{
    private static readonly PeerId Peer = SeededPeers.Make(1, seed: 1)[0];
    private static readonly Limit Limit = LimitCodec.ToWire(TimeSpan.FromMinutes(30), 1L << 30)!;
    private static readonly HopMessage Reserved = HopMessages.Reserved(MakeReservation(), Limit);
    private static readonly ReceivedMessage ReserveBytes = Received(HopMessages.Reserve());
    private static readonly ReceivedMessage ConnectBytes = Received(HopMessages.Connect(Peer));
    private static readonly ReceivedMessage StopConnectBytes = Received(StopMessages.Connect(Peer, Limit));
    private static readonly ReceivedMessage StopAnswerBytes = Received(StopMessages.Answer(Status.Ok));

    [Benchmark]
    public bool ReadReserve() => HopRequest.Parse(ReserveBytes).Kind == HopRequestKind.Reserve;

    [Benchmark]
    public byte[] WriteReserved() => MessageFrame.Encode(Reserved);

    [Benchmark]
    public bool ReadConnect() => HopRequest.Parse(ConnectBytes).Kind == HopRequestKind.Connect;

    [Benchmark]
    public byte[] WriteConnected() => MessageFrame.Encode(HopMessages.Answer(Status.Ok, Limit));

    [Benchmark]
    public byte[] WriteStopConnect() => MessageFrame.Encode(StopMessages.Connect(Peer, Limit));

    [Benchmark]
    public bool ReadStopConnect() => StopRequest.Parse(StopConnectBytes).Fault == ReasonCode.None;

    [Benchmark]
    public bool ReadStopAnswer() => StopAnswer.Parse(StopAnswerBytes) == ReasonCode.None;

    private static ReceivedMessage Received(IMessage message) => new(message.ToByteArray(), ReasonCode.None);

    private static Reservation MakeReservation()
    {
        IdentityKey key = IdentityKey.FromSeed(new byte[32]);
        Multiaddress address = Multiaddress.Parse("/ip4/192.0.2.1/tcp/4001").WithPeerId(key.PeerId);
        byte[] voucher = SignedEnvelope
            .Seal(key, CircuitProtocol.VoucherDomain, CircuitProtocol.VoucherPayloadType, new byte[88])
            .ToByteArray();
        return new Reservation
        {
            Expire = 1_800_000_000,
            Voucher = ByteString.CopyFrom(voucher),
            Addrs = { ByteString.CopyFrom(address.ToByteArray()), ByteString.CopyFrom(address.ToByteArray()) },
        };
    }
}
