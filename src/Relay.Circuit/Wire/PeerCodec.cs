using Google.Protobuf;
using Relay.Multiformats;

namespace Relay.Circuit.Wire;

/// <summary>Peer ids on the wire: the plain multihash.</summary>
internal static class PeerCodec
{
    public static ByteString ToBytes(PeerId peer) => UnsafeByteOperations.UnsafeWrap(peer.ToByteArray());

    public static Peer ToWire(PeerId peer) => new() { Id = ToBytes(peer) };
}
