using Relay.Multiformats;

namespace Relay.Benchmarks;

/// <summary>Peer ids of the kind a network has, Ed25519 keys embedded, and the same ones in every run.</summary>
internal static class SeededPeers
{
    private static ReadOnlySpan<byte> Ed25519Prefix => [0x00, 0x24, 0x08, 0x01, 0x12, 0x20]; // identity multihash of a 36-byte protobuf key

    /// <summary><paramref name="count"/> ids; another <paramref name="seed"/> gives others.</summary>
    public static PeerId[] Make(int count, int seed)
    {
        var random = new Random(seed);
        Span<byte> multihash = stackalloc byte[38];
        Ed25519Prefix.CopyTo(multihash);
        var peers = new PeerId[count];
        for (int i = 0; i < count; i++)
        {
            random.NextBytes(multihash[Ed25519Prefix.Length..]);
            peers[i] = PeerId.FromBytes(multihash);
        }

        return peers;
    }

    /// <summary>Equal ids that are other objects, as a connection brings them.</summary>
    public static PeerId Copy(PeerId peer) => PeerId.FromBytes(peer.ToByteArray());
}
