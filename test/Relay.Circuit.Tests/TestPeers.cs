using System.Buffers.Binary;
using Relay.Multiformats;

namespace Relay.Circuit.Tests;

/// <summary>Peer ids that are the same in every run.</summary>
internal static class TestPeers
{
    public static PeerId[] Make(int count) => [.. Enumerable.Range(1, count).Select(i => Key((byte)i).PeerId)];

    /// <summary>One of very many, which nobody has the key of.</summary>
    public static PeerId Numbered(int number)
    {
        byte[] multihash = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20, .. new byte[32]]; // an Ed25519 key, embedded
        BinaryPrimitives.WriteInt32LittleEndian(multihash.AsSpan(6), number);
        return PeerId.FromBytes(multihash);
    }

    /// <summary>The key whose seed is 32 times the same byte.</summary>
    public static IdentityKey Key(byte fill)
    {
        byte[] seed = new byte[32];
        Array.Fill(seed, fill);
        return IdentityKey.FromSeed(seed);
    }
}
