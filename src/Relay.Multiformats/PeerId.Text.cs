using System.Diagnostics.CodeAnalysis;
using SimpleBase;

namespace Relay.Multiformats;

public sealed partial class PeerId
{
    private const byte CidVersion = 1;
    private const byte Libp2pKeyCodec = 0x72;

    /// <summary>Longer text is refused unread: the longest id takes 61 characters in base58 and 75 as a base32 CID.</summary>
    internal const int MaxTextLength = 128;

    /// <summary>
    /// Reads an id from text: base58btc (<c>12D3Koo...</c>, <c>Qm...</c>), or a CIDv1 with the libp2p-key codec in any multibase
    /// (<c>bafz...</c>, <c>k51...</c>).
    /// </summary>
    /// <exception cref="FormatException">The text is not a peer id; the message says what is wrong.</exception>
    public static PeerId Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out PeerId? id, out string? error) ? id : throw new FormatException($"Not a peer id: {error}.");
    }

    /// <inheritdoc cref="TryParse(string?, out PeerId?, out string?)"/>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out PeerId? id) => TryParse(text, out id, out _);

    /// <inheritdoc cref="TryParse(string?, out PeerId?, out string?)"/>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out PeerId? id) => TryParse(text, out id, out _);

    /// <summary>Reads an id from text, in the forms that <see cref="Parse"/> takes. Never throws.</summary>
    /// <param name="text">The text.</param>
    /// <param name="id">The id, or null.</param>
    /// <param name="error">What is wrong with the text, or null.</param>
    public static bool TryParse(
        [NotNullWhen(true)] string? text,
        [NotNullWhen(true)] out PeerId? id,
        [NotNullWhen(false)] out string? error)
        => TryParse(text.AsSpan(), out id, out error);

    /// <inheritdoc cref="TryParse(string?, out PeerId?, out string?)"/>
    public static bool TryParse(
        ReadOnlySpan<char> text,
        [NotNullWhen(true)] out PeerId? id,
        [NotNullWhen(false)] out string? error)
    {
        id = null;
        if (text.IsEmpty)
        {
            error = "it is empty";
            return false;
        }
        if (text.Length > MaxTextLength)
        {
            error = $"it has {text.Length} characters, more than the {MaxTextLength} any peer id takes";
            return false;
        }
        if (text is ['1', ..] or ['Q', 'm', ..])
            return TryParseBase58(text, out id, out error);
        return TryParseCid(text, out id, out error);
    }

    /// <summary>The id in base58btc, the form in which peers show ids.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[ByteLength];
        CopyTo(bytes);
        return Base58.Encode(bytes);
    }

    /// <summary>The id as a CIDv1 with the libp2p-key codec, in lower-case base32.</summary>
    public string ToCidString()
    {
        Span<byte> bytes = stackalloc byte[2 + ByteLength];
        bytes[0] = CidVersion;
        bytes[1] = Libp2pKeyCodec;
        CopyTo(bytes[2..]);
        return "b" + Base32.Rfc4648.Encode(bytes, padding: false).ToLowerInvariant();
    }

    private static bool TryParseBase58(ReadOnlySpan<char> text, [NotNullWhen(true)] out PeerId? id, [NotNullWhen(false)] out string? error)
    {
        id = null;
        Span<byte> bytes = stackalloc byte[MaxTextLength]; // a character is never more than a byte
        if (!Base58.TryDecode(text, bytes, out int length))
        {
            error = "it has a character that base58btc does not use";
            return false;
        }
        return TryFromBytes(bytes[..length], out id, out error);
    }

    private static bool TryParseCid(ReadOnlySpan<char> text, [NotNullWhen(true)] out PeerId? id, [NotNullWhen(false)] out string? error)
    {
        id = null;
        if (!Multibase.TryDecode(text, out byte[]? cid, out error))
        {
            error = $"it starts like no base58btc id (1, Qm), and as a CID {error}";
            return false;
        }
        if (cid is not [CidVersion, Libp2pKeyCodec, .. byte[] multihash])
        {
            error = "it is not a CIDv1 with the libp2p-key codec";
            return false;
        }
        return TryFromBytes(multihash, out id, out error);
    }
}
