using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Relay.Multiformats.Addresses;

/// <summary>An IP address: 4 or 16 bytes.</summary>
internal sealed class IpFormat : ValueFormat
{
    public static readonly IpFormat V4 = new("IPv4", AddressFamily.InterNetwork, 4, "0123456789.");
    public static readonly IpFormat V6 = new("IPv6", AddressFamily.InterNetworkV6, 16, "0123456789abcdefABCDEF:.");

    private readonly string _name;
    private readonly AddressFamily _family;
    private readonly SearchValues<char> _alphabet; // keeps out what IPAddress takes besides: brackets, zones, hexadecimal parts

    private IpFormat(string name, AddressFamily family, int length, string alphabet)
    {
        _name = name;
        _family = family;
        FixedLength = length;
        _alphabet = SearchValues.Create(alphabet);
    }

    public override int FixedLength { get; }

    public override bool TryEncode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? value, [NotNullWhen(false)] out string? error)
    {
        value = null;
        error = null;
        if (!text.ContainsAnyExcept(_alphabet)
            && IPAddress.TryParse(text, out IPAddress? address)
            && address.AddressFamily == _family
            && (_family == AddressFamily.InterNetworkV6 || IsPlain(text, address)))
        {
            value = address.GetAddressBytes();
            return true;
        }
        error = $"it is not an {_name} address";
        return false;
    }

    public override bool TryDecode(ReadOnlySpan<byte> value, [NotNullWhen(true)] out string? text, [NotNullWhen(false)] out string? error)
    {
        text = new IPAddress(value).ToString();
        error = null;
        return true;
    }

    /// <summary>IPAddress reads "1" and "010.0.0.1" (octal) as IPv4 addresses too; only four plain decimal parts are one here.</summary>
    private static bool IsPlain(ReadOnlySpan<char> text, IPAddress address) => text.SequenceEqual(address.ToString());
}
