using Google.Protobuf;
using Relay.Libp2p.Identify.Wire;
using Relay.Multiformats;

namespace Relay.Libp2p.Identify;

/// <summary>
/// Makes the node's signed peer record (libp2p RFC 0003): its addresses in an envelope, so that others can pass them on and be believed. Signs when the
/// addresses have changed, not for everybody who asks. Thread-safe.
/// </summary>
internal sealed class PeerRecordSigner(IdentityKey identity, TimeProvider time)
{
    public const string Domain = "libp2p-peer-record";

    private const long NanosecondsPerTick = 100;

    private readonly Lock _lock = new();
    private IReadOnlyList<Multiaddress> _addresses = [];
    private ByteString? _record;
    private ulong _sequence; // of the record; go's are nanoseconds since 1970 as well

    /// <summary>The code of a peer record among the multicodecs, as bytes and not as a varint.</summary>
    public static ReadOnlySpan<byte> PayloadType => [0x03, 0x01];

    /// <summary>The encoded envelope with the record of <paramref name="addresses"/>, which are without <c>/p2p/ID</c>.</summary>
    public ByteString Sign(IReadOnlyList<Multiaddress> addresses)
    {
        lock (_lock)
        {
            if (_record is not null && _addresses.SequenceEqual(addresses))
                return _record;
            ulong now = (ulong)((time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * NanosecondsPerTick);
            _sequence = Math.Max(now, _sequence + 1);
            var record = new PeerRecordMessage
            {
                PeerId = ByteString.CopyFrom(identity.PeerId.ToByteArray()),
                Seq = _sequence,
                Addresses = { addresses.Select(static address => new PeerRecordMessage.Types.AddressInfo { Multiaddr = ByteString.CopyFrom(address.ToByteArray()) }) },
            };
            _record = ByteString.CopyFrom(SignedEnvelope.Seal(identity, Domain, PayloadType, record.ToByteArray()).ToByteArray());
            _addresses = addresses;
            return _record;
        }
    }
}
