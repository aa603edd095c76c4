using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using SimpleBase;
using Codec = SimpleBase.Multibase;

namespace Relay.Multiformats;

/// <summary>
/// Bytes as text in the base that the first character names (https://github.com/multiformats/multibase): 16, 32, 36, 58btc, 64 and 64url,
/// which are those in use.
/// </summary>
internal static class Multibase
{
    private const string Prefixes = "fFbBkKzmu";
    private const string CaseInsensitive = "fFbBkK";

    // The characters of all those bases. The decoder looks a character up in a table without asking whether the table is long enough.
    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/-_");

    /// <summary>The text of <paramref name="bytes"/> in the base that <paramref name="prefix"/> names, with the prefix.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes, char prefix)
        => prefix == 'u' ? "u" + Base64Url.EncodeToString(bytes) : Codec.Encode(bytes, (MultibaseEncoding)prefix);

    /// <summary>
    /// Decodes text in the canonical form of its base, without padding, with letters of either case where the base has only one. Never
    /// throws. The caller bounds the length: for some bases the work grows with its square.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes, [NotNullWhen(false)] out string? error)
    {
        bytes = null;
        if (text.IsEmpty || !Prefixes.Contains(text[0]))
        {
            error = "it does not start with the letter of a known base";
            return false;
        }
        byte[] buffer = new byte[text.Length];
        if (text.ContainsAnyExcept(Alphabet) || !TryDecode(text, buffer, out int length))
        {
            error = $"it is not text in base '{text[0]}'";
            return false;
        }
        // Bits beyond the last byte, for one, would give a value many spellings.
        StringComparison comparison = CaseInsensitive.Contains(text[0]) ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        if (!text.Equals(Encode(buffer.AsSpan(0, length), text[0]), comparison))
        {
            error = $"it is not canonical in base '{text[0]}'";
            return false;
        }
        bytes = buffer[..length];
        error = null;
        return true;
    }

    private static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination, out int length)
    {
        if (text[0] == 'u') // SimpleBase 5.6.4 cannot decode its own base64url when the bytes are a multiple of three
            return Base64Url.DecodeFromChars(text[1..], destination, out _, out length) == OperationStatus.Done;
        length = 0;
        bool isImpossible = text[0] == 'm' && (text.Length - 1) % 4 == 1; // SimpleBase throws at that
        return !isImpossible && Codec.TryDecode(text, destination, out length);
    }
}
