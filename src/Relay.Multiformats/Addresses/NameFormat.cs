using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace Relay.Multiformats.Addresses;

/// <summary>
/// A name in UTF-8: not empty, without slashes (it could not be written in text), without blanks and control characters (it would garble
/// a log).
/// </summary>
internal sealed class NameFormat : ValueFormat
{
    /// <summary>In bytes: a domain name has at most 253, and may end in a dot.</summary>
    public const int MaxLength = 254;

    public static readonly NameFormat Instance = new();

    public override int FixedLength => Prefixed;

    public override bool TryEncode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? value, [NotNullWhen(false)] out string? error)
    {
        value = null;
        Span<byte> bytes = stackalloc byte[MaxLength];
        OperationStatus status = Utf8.FromUtf16(text, bytes, out _, out int length, replaceInvalidSequences: false);
        error = status switch
        {
            OperationStatus.Done => Check(text),
            OperationStatus.DestinationTooSmall => TooLong,
            _ => "the name is not Unicode",
        };
        if (error is null)
            value = bytes[..length].ToArray();
        return value is not null;
    }

    public override bool TryDecode(ReadOnlySpan<byte> value, [NotNullWhen(true)] out string? text, [NotNullWhen(false)] out string? error)
    {
        text = null;
        if (value.Length > MaxLength)
            error = TooLong;
        else if (!Utf8.IsValid(value))
            error = "the name is not UTF-8";
        else
        {
            string name = Encoding.UTF8.GetString(value);
            error = Check(name);
            text = error is null ? name : null;
        }
        return text is not null;
    }

    private static string TooLong => $"the name has more than {MaxLength} bytes";

    private static string? Check(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty)
            return "the name is empty";
        foreach (char c in name)
        {
            if (c == '/' || char.IsControl(c) || char.IsWhiteSpace(c))
                return "the name has a slash, a blank or a control character";
        }
        return null;
    }
}
