using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using SimpleBase;
using Codec = SimpleBase.Multibase;

namespace Relay.Multiformats;

/// <summary>Bytes as text in the base that the first character names. See https://github.com/multiformats/multibase.</summary>
internal static class Multibase
{
    // What the bases in use are written with. The decoder indexes a table with the character, so it must see no other.
    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/-_=");

    /// <summary>
    /// Decodes text that is in its base's canonical form (letters of either case where the base has only one). Never throws; the caller bounds the text.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes, [NotNullWhen(false)] out string? error)
    {
        bytes = null;
        if (text.IsEmpty || !Enum.IsDefined((MultibaseEncoding)text[0]))
        {
            error = "it does not start with the letter of a multibase";
            return false;
        }
        byte[] buffer = new byte[text.Length];
        if (text.ContainsAnyExcept(Alphabet) || !Codec.TryDecode(text, buffer, out int length))
        {
            error = $"it has a character that is not in the alphabet of base '{text[0]}'";
            return false;
        }
        // Bits beyond the last byte, padding and the like: accepting them would give one value many spellings.
        StringComparison comparison = IsCaseInsensitive(text[0]) ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        if (!text.Equals(Codec.Encode(buffer.AsSpan(0, length), (MultibaseEncoding)text[0]), comparison))
        {
            error = $"it is not canonical in base '{text[0]}'";
            return false;
        }
        bytes = buffer[..length];
        error = null;
        return true;
    }

    private static bool IsCaseInsensitive(char prefix) => "bBfFkKvV".Contains(prefix);
}
