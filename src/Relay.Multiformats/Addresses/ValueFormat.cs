using System.Diagnostics.CodeAnalysis;

namespace Relay.Multiformats.Addresses;

/// <summary>How the value of a protocol is written, in text and in bytes.</summary>
internal abstract class ValueFormat
{
    /// <summary>For <see cref="FixedLength"/>: each value has its length before it.</summary>
    public const int Prefixed = -1;

    /// <summary>How many bytes every value has, or <see cref="Prefixed"/>.</summary>
    public abstract int FixedLength { get; }

    /// <summary>Turns text into the bytes of the value, without the length prefix.</summary>
    public abstract bool TryEncode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? value, [NotNullWhen(false)] out string? error);

    /// <summary>
    /// Turns the bytes of a value, of the fixed length if there is one and without the length prefix, into its canonical text.
    /// </summary>
    public abstract bool TryDecode(ReadOnlySpan<byte> value, [NotNullWhen(true)] out string? text, [NotNullWhen(false)] out string? error);
}
