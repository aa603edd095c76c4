using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Relay.Multiformats.Addresses;

/// <summary>A port, 0 to 65535: two bytes, big-endian.</summary>
internal sealed class PortFormat : ValueFormat
{
    public static readonly PortFormat Instance = new();

    public override int FixedLength => sizeof(ushort);

    public override bool TryEncode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? value, [NotNullWhen(false)] out string? error)
    {
        // The parser alone would take NUL characters after the digits.
        if (text.ContainsAnyExceptInRange('0', '9')
            || !ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            value = null;
            error = "it is not a port (0 to 65535)";
            return false;
        }
        value = [(byte)(port >> 8), (byte)port];
        error = null;
        return true;
    }

    public override bool TryDecode(ReadOnlySpan<byte> value, [NotNullWhen(true)] out string? text, [NotNullWhen(false)] out string? error)
    {
        text = BinaryPrimitives.ReadUInt16BigEndian(value).ToString(CultureInfo.InvariantCulture);
        error = null;
        return true;
    }
}
