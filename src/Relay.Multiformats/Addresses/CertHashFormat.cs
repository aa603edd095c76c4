using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace Relay.Multiformats.Addresses;

/// <summary>The multihash of a certificate, by any hash function: any multibase in text, written as base64url (<c>u</c>).</summary>
internal sealed class CertHashFormat : ValueFormat
{
    public static readonly CertHashFormat Instance = new();

    public override int FixedLength => Prefixed;

    public override bool TryEncode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? value, [NotNullWhen(false)] out string? error)
        => Multibase.TryDecode(text, out value, out error) && Multihash.TryRead(value, out _, out error);

    public override bool TryDecode(ReadOnlySpan<byte> value, [NotNullWhen(true)] out string? text, [NotNullWhen(false)] out string? error)
    {
        text = Multihash.TryRead(value, out _, out error) ? "u" + Base64Url.EncodeToString(value) : null;
        return text is not null;
    }
}
