using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Relay.Multiformats.Addresses;

namespace Relay.Multiformats;

public sealed partial class Multiaddress
{
    /// <summary>Reads an address from bytes.</summary>
    /// <exception cref="FormatException">The bytes are not an address; the message says what is wrong.</exception>
    public static Multiaddress FromBytes(ReadOnlySpan<byte> bytes)
        => TryFromBytes(bytes, out Multiaddress? address, out string? error)
            ? address
            : throw new FormatException($"Not a multiaddress: {error}.");

    /// <inheritdoc cref="TryFromBytes(ReadOnlySpan{byte}, out Multiaddress?, out string?)"/>
    public static bool TryFromBytes(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Multiaddress? address)
        => TryFromBytes(bytes, out address, out _);

    /// <summary>
    /// Reads an address from bytes: each component a protocol number and the value, after its length where that is not fixed. Never
    /// throws.
    /// </summary>
    /// <param name="bytes">The bytes, all of them; they are copied.</param>
    /// <param name="address">The address, or null.</param>
    /// <param name="error">What is wrong with the bytes, or null. A protocol number we do not know is among the reasons.</param>
    public static bool TryFromBytes(
        ReadOnlySpan<byte> bytes,
        [NotNullWhen(true)] out Multiaddress? address,
        [NotNullWhen(false)] out string? error)
    {
        address = null;
        error = bytes.Length switch
        {
            0 => "it is empty",
            > MaxByteLength => $"it has {bytes.Length} bytes, more than {MaxByteLength}",
            _ => null,
        };
        if (error is not null)
            return false;
        List<MultiaddressComponent> components = [];
        for (ReadOnlySpan<byte> rest = bytes; !rest.IsEmpty;)
        {
            if (!TryTakeComponent(ref rest, out MultiaddressComponent component, out error))
                return false;
            components.Add(component);
            if (components.Count > MaxComponents)
            {
                error = $"it has more than {MaxComponents} components";
                return false;
            }
        }
        address = new Multiaddress(bytes.ToArray(), [.. components]);
        error = null;
        return true;
    }

    /// <summary>The address in bytes, in an array of its own.</summary>
    public byte[] ToByteArray() => (byte[])_bytes.Clone();

    /// <summary>Takes a component off the front of <paramref name="rest"/>.</summary>
    private static bool TryTakeComponent(
        ref ReadOnlySpan<byte> rest,
        out MultiaddressComponent component,
        [NotNullWhen(false)] out string? error)
    {
        component = default;
        if (!TryTakeValue(ref rest, out ProtocolRow? row, out ReadOnlySpan<byte> value, out error))
            return false;
        if (!row.Format.TryDecode(value, out string? text, out error))
        {
            error = $"the value of /{row.Name} is wrong: {error}";
            return false;
        }
        component = new MultiaddressComponent(row.Protocol, text);
        return true;
    }

    /// <summary>Takes a component off the front of <paramref name="rest"/> without looking into its value.</summary>
    private static bool TryTakeValue(
        scoped ref ReadOnlySpan<byte> rest,
        [NotNullWhen(true)] out ProtocolRow? row,
        out ReadOnlySpan<byte> value,
        [NotNullWhen(false)] out string? error)
    {
        row = null;
        value = default;
        if (Varint.TryRead(rest, out ulong code, out int codeLength) != OperationStatus.Done)
        {
            error = "a protocol number is not a varint";
            return false;
        }
        if (!ProtocolTable.TryGet(code, out row))
        {
            error = $"protocol number {code} is not known";
            return false;
        }
        ulong length = (ulong)row.Format.FixedLength;
        int lengthLength = 0;
        ReadOnlySpan<byte> afterCode = rest[codeLength..];
        if (row.Format.FixedLength == ValueFormat.Prefixed
            && Varint.TryRead(afterCode, out length, out lengthLength) != OperationStatus.Done)
        {
            error = $"the length of the value of /{row.Name} is not a varint";
            return false;
        }
        ReadOnlySpan<byte> afterLength = afterCode[lengthLength..];
        if (length > (ulong)afterLength.Length)
        {
            error = $"the value of /{row.Name} is cut off";
            return false;
        }
        value = afterLength[..(int)length];
        rest = afterLength[(int)length..];
        error = null;
        return true;
    }
}
