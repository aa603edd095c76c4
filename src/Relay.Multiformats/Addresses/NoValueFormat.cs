using System.Diagnostics.CodeAnalysis;

namespace Relay.Multiformats.Addresses;

/// <summary>A protocol that is only a name.</summary>
internal sealed class NoValueFormat : ValueFormat
{
    public static readonly NoValueFormat Instance = new();

    public override int FixedLength => 0;

    public override bool TryEncode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? value, [NotNullWhen(false)] out string? error)
    {
        value = text.IsEmpty ? [] : null;
        error = text.IsEmpty ? null : "it takes none";
        return value is not null;
    }

    public override bool TryDecode(ReadOnlySpan<byte> value, [NotNullWhen(true)] out string? text, [NotNullWhen(false)] out string? error)
    {
        text = "";
        error = null;
        return true;
    }
}
