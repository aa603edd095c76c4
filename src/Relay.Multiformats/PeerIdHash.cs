using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Relay.Multiformats;

/// <summary>
/// The 64-bit hash of peer ids: NH (the universal hash of UMAC, RFC 4418) over four words, then one folded multiplication. Its key is
/// drawn at random in each process, so that nobody can choose peer ids that fall into one bucket of our tables. Not for anything that
/// leaves the process.
/// </summary>
internal static class PeerIdHash
{
    private static readonly ulong Key0 = Draw();
    private static readonly ulong Key1 = Draw();
    private static readonly ulong Key2 = Draw();
    private static readonly ulong Key3 = Draw();
    private static readonly ulong Key4 = Draw();
    private static readonly ulong Key5 = Draw();

    /// <summary>The hash of four words; <paramref name="tag"/> sets kinds of input apart.</summary>
    public static ulong Of(ulong tag, ulong word0, ulong word1, ulong word2, ulong word3)
    {
        UInt128 sum = unchecked(Product(word0 + Key0, word1 + Key1) + Product(word2 + Key2, word3 + Key3));
        ulong high = Math.BigMul((ulong)(sum >> 64) ^ tag ^ Key4, (ulong)sum ^ Key5, out ulong low);
        return high ^ low;
    }

    /// <summary>The hash of up to 64 bytes; the length counts.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        Span<ulong> words = stackalloc ulong[8];
        words.Clear();
        bytes.CopyTo(MemoryMarshal.AsBytes(words));
        ulong first = Of((ulong)bytes.Length, words[0], words[1], words[2], words[3]);
        return Of(first, words[4], words[5], words[6], words[7]);
    }

    private static UInt128 Product(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return new UInt128(high, low);
    }

    private static ulong Draw()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }
}
