using System.Diagnostics.CodeAnalysis;

namespace Relay.Multiformats.Addresses;

/// <summary>The multihash of a certificate, by any hash function: in any multibase in text, written as base64url (<c>u</c>).</summary>
internal sealed class CertHashFormat : ValueFormat
{
    /// <summary>In bytes, twice as much as any hash function in use gives.</summary>
    public const int MaxLength = 128;

    public static readonly CertHashFormat Instance = new();

    public override int FixedLength => Prefixed;

    public override bool TryEncode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? value, [NotNullWhen(false)] out string? error)
    {
        value = null;
        error = text.Length > 1 + 2 * MaxLength ? TooLong : null; // base 16 takes two characters for a byte
        return error is null && Multibase.TryDecode(text, out value, out error) && Check(value, out error);
    }

    public override bool TryDecode(ReadOnlySpan<byte> value, [NotNullWhen(true)] out string? text, [NotNullWhen(false)] out string? error)
    {
        text = Check(value, out error) ? Multibase.Encode(value, 'u') : null;
        return text is not null;
    }

    private static string TooLong => $"the hash has more than {MaxLength} bytes";

    private static bool Check(ReadOnlySpan<byte> value, [NotNullWhen(false)] out string? error)
    {
        error = TooLong;
        return value.Length <= MaxLength && Multihash.TryRead(value, out _, out error);
    }
}
