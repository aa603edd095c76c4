using System.Buffers.Binary;
using System.Numerics;

namespace Relay.Multiformats;

/// <summary>
/// The base58btc of peer ids, without a multibase prefix (draft-msporny-base58): bytes as one big-endian number in 58 digits, each zero byte
/// ahead of the number as a <c>1</c>.
/// </summary>
/// <remarks>
/// The work grows with the square of the length, so it is done several digits at a time and the number has a bound. Nothing is allocated
/// but the text of <see cref="Encode"/>. Peer ids are read and shown at every turn; base58 as one of the bases of a CID is <see cref="Multibase"/>'s.
/// </remarks>
internal static class Base58
{
    /// <summary>
    /// The longest number in bytes, zero bytes ahead of it not counted when it is read: more than the longest text of a peer id can hold, and than an id has.
    /// </summary>
    public const int MaxNumberLength = 128;

    private const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private const char Zero = '1';
    private const byte NoDigit = 0xff;

    private const int DigitsInUInt64 = 10; // as many as fit
    private const int MaxLimbs = MaxNumberLength / sizeof(ulong);

    private const int DigitsInUInt32 = 5; // as many as fit; a group shifted by a word, and a carry, stay below 64 bits
    private const uint GroupScale = 58 * 58 * 58 * 58 * 58;
    private const int MaxGroups = 35; // 128 bytes take 175 digits

    private static readonly byte[] Digits = [.. Enumerable.Range(0, 128).Select(static c => (byte)Alphabet.IndexOf((char)c))]; // -1 is NoDigit
    private static readonly ulong[] Scales = [.. Enumerable.Range(0, DigitsInUInt64 + 1).Select(static digits => (ulong)BigInteger.Pow(58, digits))];

    /// <summary>The text of <paramref name="bytes"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are more than <see cref="MaxNumberLength"/> bytes.</exception>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, MaxNumberLength);
        Span<uint> groups = stackalloc uint[MaxGroups]; // of five digits, the last ones first
        int used = 0;
        ReadOnlySpan<byte> number = bytes.TrimStart((byte)0);
        int zeros = bytes.Length - number.Length;
        while (!number.IsEmpty)
        {
            int count = Math.Min(number.Length, sizeof(uint));
            uint word = 0;
            foreach (byte b in number[..count])
                word = (word << 8) | b;
            used = ShiftIn(groups, used, 8 * count, word);
            number = number[count..];
        }

        Span<char> text = stackalloc char[MaxGroups * DigitsInUInt32];
        int start = text.Length;
        foreach (uint group in groups[..used])
        {
            uint rest = group;
            for (int i = 0; i < DigitsInUInt32; i++, rest /= 58)
                text[--start] = Alphabet[(int)(rest % 58)];
        }
        start = text.Length - text[start..].TrimStart(Zero).Length - zeros;
        text.Slice(start, zeros).Fill(Zero);
        return new string(text[start..]);
    }

    /// <summary>
    /// Writes the bytes of <paramref name="text"/> at the start of <paramref name="destination"/>. False when a character is not in the
    /// alphabet, when the destination is too short and when the number exceeds <see cref="MaxNumberLength"/>. Never throws.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination, out int length)
    {
        length = 0;
        Span<ulong> limbs = stackalloc ulong[MaxLimbs]; // the last ones of the number first
        int used = 0;
        ReadOnlySpan<char> number = text.TrimStart(Zero);
        int zeros = text.Length - number.Length;
        while (!number.IsEmpty)
        {
            int count = Math.Min(number.Length, DigitsInUInt64);
            if (!TryReadDigits(number[..count], out ulong digits) || !TryMultiplyAdd(limbs, ref used, Scales[count], digits))
                return false;
            number = number[count..];
        }

        Span<byte> bytes = stackalloc byte[MaxNumberLength];
        int start = bytes.Length;
        foreach (ulong limb in limbs[..used])
            BinaryPrimitives.WriteUInt64BigEndian(bytes[(start -= sizeof(ulong))..], limb);
        Span<byte> significant = bytes[start..].TrimStart((byte)0);
        if (significant.Length > destination.Length - zeros)
            return false;
        destination[..zeros].Clear();
        significant.CopyTo(destination[zeros..]);
        length = zeros + significant.Length;
        return true;
    }

    // number * 2^bits + word, in groups; returns how many it takes.
    private static int ShiftIn(Span<uint> groups, int used, int bits, uint word)
    {
        ulong carry = word;
        foreach (ref uint group in groups[..used])
        {
            ulong value = ((ulong)group << bits) + carry;
            (carry, group) = (value / GroupScale, (uint)(value % GroupScale));
        }
        for (; carry > 0; carry /= GroupScale)
            groups[used++] = (uint)(carry % GroupScale);
        return used;
    }

    // number * scale + digits, in limbs; false when there are too few.
    private static bool TryMultiplyAdd(Span<ulong> limbs, ref int used, ulong scale, ulong digits)
    {
        ulong carry = digits;
        foreach (ref ulong limb in limbs[..used])
        {
            UInt128 value = Math.BigMul(limb, scale) + carry;
            (carry, limb) = ((ulong)(value >> 64), (ulong)value);
        }
        if (carry == 0)
            return true;
        if (used == limbs.Length)
            return false;
        limbs[used++] = carry;
        return true;
    }

    private static bool TryReadDigits(ReadOnlySpan<char> text, out ulong value)
    {
        value = 0;
        foreach (char c in text)
        {
            byte digit = c < Digits.Length ? Digits[c] : NoDigit;
            if (digit == NoDigit)
                return false;
            value = (value * 58) + digit;
        }
        return true;
    }
}
