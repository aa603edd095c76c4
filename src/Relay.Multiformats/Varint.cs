using System.Buffers;
using System.Numerics;

namespace Relay.Multiformats;

/// <summary>
/// The unsigned varint of multiformats: seven bits a byte, least significant first, at most nine bytes (63 bits), and only the shortest
/// form of a number. See https://github.com/multiformats/unsigned-varint.
/// </summary>
public static class Varint
{
    /// <summary>The most bytes a varint has.</summary>
    public const int MaxLength = 9;

    /// <summary>The largest number a varint holds: 2^63 - 1.</summary>
    public const ulong MaxValue = long.MaxValue;

    /// <summary>How many bytes <paramref name="value"/> takes: 1 to <see cref="MaxLength"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is above <see cref="MaxValue"/>.</exception>
    public static int GetLength(ulong value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxValue);
        return 1 + (BitOperations.Log2(value) / 7);
    }

    /// <summary>Writes <paramref name="value"/> at the start of <paramref name="destination"/>.</summary>
    /// <returns>How many bytes were written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is above <see cref="MaxValue"/>.</exception>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static int Write(Span<byte> destination, ulong value)
    {
        int length = GetLength(value);
        if (destination.Length < length)
            throw new ArgumentException($"The varint takes {length} bytes, the destination has {destination.Length}.", nameof(destination));
        for (int i = 0; i < length - 1; i++, value >>= 7)
            destination[i] = (byte)(value | 0x80);
        destination[length - 1] = (byte)value;
        return length;
    }

    /// <summary>Reads the varint at the start of <paramref name="source"/>. Never throws.</summary>
    /// <param name="source">The bytes; what follows the varint is not looked at.</param>
    /// <param name="value">The number, or 0 when there is none.</param>
    /// <param name="bytesRead">How many bytes the varint has, or 0 when there is none.</param>
    /// <returns>
    /// <see cref="OperationStatus.Done"/>; <see cref="OperationStatus.NeedMoreData"/> when the bytes end before the varint does;
    /// <see cref="OperationStatus.InvalidData"/> when it is longer than <see cref="MaxLength"/> or not in its shortest form.
    /// </returns>
    public static OperationStatus TryRead(ReadOnlySpan<byte> source, out ulong value, out int bytesRead)
    {
        value = 0;
        bytesRead = 0;
        ulong bits = 0;
        for (int i = 0; i < MaxLength; i++)
        {
            if (i == source.Length)
                return OperationStatus.NeedMoreData;
            byte next = source[i];
            bits |= (ulong)(next & 0x7F) << (7 * i);
            if ((next & 0x80) != 0)
                continue;
            if (next == 0 && i > 0)
                return OperationStatus.InvalidData;
            value = bits;
            bytesRead = i + 1;
            return OperationStatus.Done;
        }
        return OperationStatus.InvalidData;
    }
}
