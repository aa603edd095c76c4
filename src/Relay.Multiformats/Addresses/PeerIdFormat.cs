using System.Diagnostics.CodeAnalysis;

namespace Relay.Multiformats.Addresses;

/// <summary>A peer id: its multihash in bytes; base58btc or a CID in text, written as base58btc.</summary>
internal sealed class PeerIdFormat : ValueFormat
{
    public static readonly PeerIdFormat Instance = new();

    public override int FixedLength => Prefixed;

    public override bool TryEncode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? value, [NotNullWhen(false)] out string? error)
    {
        value = PeerId.TryParse(text, out PeerId? id, out error) ? id.ToByteArray() : null;
        return value is not null;
    }

    public override bool TryDecode(ReadOnlySpan<byte> value, [NotNullWhen(true)] out string? text, [NotNullWhen(false)] out string? error)
    {
        text = PeerId.TryFromBytes(value, out PeerId? id, out error) ? id.ToString() : null;
        return text is not null;
    }
}
