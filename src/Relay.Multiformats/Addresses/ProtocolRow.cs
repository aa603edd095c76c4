namespace Relay.Multiformats.Addresses;

/// <summary>What there is to know about a protocol: its number, its name in text, and how its value is written.</summary>
internal sealed record ProtocolRow(MultiaddressProtocol Protocol, string Name, ValueFormat Format)
{
    /// <summary>
    /// Writes a component: the number, then the length where the format has one, then the value. False when the destination is too short.
    /// </summary>
    public bool TryWrite(Span<byte> destination, ReadOnlySpan<byte> value, out int written)
    {
        bool isPrefixed = Format.FixedLength == ValueFormat.Prefixed;
        written = Varint.GetLength((ulong)Protocol) + (isPrefixed ? Varint.GetLength((ulong)value.Length) : 0) + value.Length;
        if (written > destination.Length)
            return false;
        destination = destination[Varint.Write(destination, (ulong)Protocol)..];
        if (isPrefixed)
            destination = destination[Varint.Write(destination, (ulong)value.Length)..];
        value.CopyTo(destination);
        return true;
    }
}
