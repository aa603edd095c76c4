using System.Buffers.Binary;
using Relay.Multiformats;

namespace Relay.Tests;

/// <summary>Peer ids of real keys, the same in every run.</summary>
internal static class Peers
{
    public static readonly PeerId Member = Create(1);
    public static readonly PeerId OtherMember = Create(2);
    public static readonly PeerId Stranger = Create(3);
    public static readonly PeerId Self = Create(4);
    public static readonly Multiaddress Address = Multiaddress.Parse("/ip4/192.0.2.1/tcp/4001");

    public static PeerId Create(int number)
    {
        Span<byte> seed = stackalloc byte[32];
        BinaryPrimitives.WriteInt32BigEndian(seed, number);
        return IdentityKey.FromSeed(seed).PeerId;
    }

    /// <summary>Ids in the Ed25519 form that belong to no key: quick to make by the thousand.</summary>
    public static PeerId[] CreateMany(int count, int seed = 1)
    {
        var random = new Random(seed);
        byte[] id = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20, .. new byte[32]];
        var peers = new PeerId[count];
        for (int i = 0; i < count; i++)
        {
            random.NextBytes(id.AsSpan(6));
            peers[i] = PeerId.FromBytes(id);
        }

        return peers;
    }
}
