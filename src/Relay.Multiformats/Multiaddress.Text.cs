using System.Diagnostics.CodeAnalysis;
using Relay.Multiformats.Addresses;

namespace Relay.Multiformats;

public sealed partial class Multiaddress
{
    /// <summary>
    /// Longer text is refused unread. No address of <see cref="MaxByteLength"/> and <see cref="MaxComponents"/> prints as much.
    /// </summary>
    internal const int MaxTextLength = 2048;

    /// <summary>Reads an address from text.</summary>
    /// <exception cref="FormatException">The text is not an address; the message says what is wrong.</exception>
    public static Multiaddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out Multiaddress? address, out string? error)
            ? address
            : throw new FormatException($"Not a multiaddress: {error}.");
    }

    /// <inheritdoc cref="TryParse(string?, out Multiaddress?, out string?)"/>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Multiaddress? address)
        => TryParse(text, out address, out _);

    /// <summary>
    /// Reads an address from text: <c>/NAME/VALUE</c>, or <c>/NAME</c> for a protocol without a value, as often as needed. One slash at
    /// the end is overlooked. Never throws.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="address">The address, or null.</param>
    /// <param name="error">What is wrong with the text, or null.</param>
    public static bool TryParse(
        [NotNullWhen(true)] string? text,
        [NotNullWhen(true)] out Multiaddress? address,
        [NotNullWhen(false)] out string? error)
    {
        address = null;
        error = text switch
        {
            null or "" => "it is empty",
            { Length: > MaxTextLength } => $"it has {text.Length} characters, more than {MaxTextLength}",
            _ => text[0] == '/' ? null : "it does not start with a slash",
        };
        if (error is not null)
            return false;
        Span<byte> bytes = stackalloc byte[MaxByteLength];
        return TryEncode(text.AsSpan(1), bytes, out int length, out error) && TryFromBytes(bytes[..length], out address, out error);
    }

    /// <summary>The address as text, each value in its canonical spelling.</summary>
    public override string ToString() => string.Concat(_components);

    private static bool TryEncode(ReadOnlySpan<char> text, Span<byte> destination, out int length, [NotNullWhen(false)] out string? error)
    {
        length = 0;
        error = null;
        if (text.EndsWith('/'))
            text = text[..^1];
        MemoryExtensions.SpanSplitEnumerator<char> parts = text.Split('/');
        while (error is null && parts.MoveNext())
        {
            ReadOnlySpan<char> name = text[parts.Current];
            if (!ProtocolTable.TryGet(name, out ProtocolRow? row))
                error = name.IsEmpty ? "a protocol name is missing" : $"protocol {Quote(name)} is not known";
            else if (row.Format.FixedLength != 0 && !parts.MoveNext())
                error = $"/{row.Name} needs a value";
            else if (!row.Format.TryEncode(row.Format.FixedLength == 0 ? [] : text[parts.Current], out byte[]? value, out string? why))
                error = $"the value of /{row.Name} is wrong: {why}";
            else if (!row.TryWrite(destination[length..], value, out int written))
                error = $"it takes more than {MaxByteLength} bytes";
            else
                length += written;
        }
        return error is null;
    }

    /// <summary>Text from outside, fit for a message: what is long or has odd characters is not repeated.</summary>
    private static string Quote(ReadOnlySpan<char> text)
        => text.Length > 32 || text.ContainsAnyExceptInRange('!', '~') ? $"of {text.Length} characters" : $"'{text}'";
}
