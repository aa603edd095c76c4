using Relay.Multiformats;

namespace Relay.Circuit.Tests;

/// <summary>Peer ids that are the same in every run.</summary>
internal static class TestPeers
{
    public static PeerId[] Make(int count) => [.. Enumerable.Range(1, count).Select(i => Key((byte)i).PeerId)];

    /// <summary>The key whose seed is 32 times the same byte.</summary>
    public static IdentityKey Key(byte fill)
    {
        byte[] seed = new byte[32];
        Array.Fill(seed, fill);
        return IdentityKey.FromSeed(seed);
    }
}
