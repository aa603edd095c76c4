namespace Relay.TestKit.Wire;

/// <summary>
/// A protobuf message as a list of numbered fields, written and read by hand, so that the tests' idea of the wire owes nothing to the code under test.
/// Holds what circuit relay v2 uses: varints and length-delimited fields.
/// </summary>
public sealed class RawMessage
{
    private readonly List<(int Number, ulong Varint, byte[]? Bytes)> _fields = [];

    /// <summary>The numbers of the fields, in the order of the bytes.</summary>
    public IReadOnlyList<int> Fields => [.. _fields.Select(f => f.Number)];

    /// <summary>Adds a varint field.</summary>
    public RawMessage With(int number, ulong value)
    {
        _fields.Add((number, value, null));
        return this;
    }

    /// <summary>Adds a length-delimited field.</summary>
    public RawMessage With(int number, byte[] bytes)
    {
        _fields.Add((number, 0, bytes));
        return this;
    }

    /// <summary>Adds an embedded message.</summary>
    public RawMessage With(int number, RawMessage message) => With(number, message.ToBytes());

    /// <summary>The value of the varint field, or null when there is none.</summary>
    public ulong? Varint(int number) => _fields.Where(f => f.Number == number && f.Bytes is null).Select(f => (ulong?)f.Varint).LastOrDefault();

    /// <summary>The values of the length-delimited fields with that number.</summary>
    public IReadOnlyList<byte[]> AllBytes(int number) => [.. _fields.Where(f => f.Number == number && f.Bytes is not null).Select(f => f.Bytes!)];

    /// <summary>The value of the length-delimited field, or null when there is none.</summary>
    public byte[]? Bytes(int number) => AllBytes(number).LastOrDefault();

    /// <summary>The embedded message, or null when there is none.</summary>
    public RawMessage? Message(int number) => Bytes(number) is { } bytes ? Parse(bytes) : null;

    /// <summary>The message's bytes.</summary>
    public byte[] ToBytes()
    {
        List<byte> bytes = [];
        foreach ((int number, ulong varint, byte[]? value) in _fields)
        {
            WriteVarint(bytes, ((ulong)number << 3) | (value is null ? 0u : 2u));
            WriteVarint(bytes, value is null ? varint : (ulong)value.Length);
            bytes.AddRange(value ?? []);
        }

        return [.. bytes];
    }

    /// <summary>The message's bytes behind their length.</summary>
    public byte[] ToFrame() => Frame(ToBytes());

    /// <summary>Any bytes behind their length.</summary>
    public static byte[] Frame(byte[] message)
    {
        List<byte> bytes = [];
        WriteVarint(bytes, (ulong)message.Length);
        return [.. bytes, .. message];
    }

    /// <summary>Reads a message's fields.</summary>
    /// <exception cref="FormatException">The bytes are no such message.</exception>
    public static RawMessage Parse(ReadOnlySpan<byte> bytes)
    {
        var message = new RawMessage();
        while (!bytes.IsEmpty)
        {
            ulong tag = ReadVarint(ref bytes);
            ulong value = ReadVarint(ref bytes);
            int number = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    message.With(number, value);
                    break;
                case 2 when value <= (ulong)bytes.Length:
                    message.With(number, bytes[..(int)value].ToArray());
                    bytes = bytes[(int)value..];
                    break;
                default:
                    throw new FormatException("Neither a varint nor a length-delimited field.");
            }
        }

        return message;
    }

    private static void WriteVarint(List<byte> bytes, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
    }

    private static ulong ReadVarint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (bytes.IsEmpty)
                throw new FormatException("The message ends in the middle of a number.");
            byte next = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if ((next & 0x80) == 0)
                return value;
        }

        throw new FormatException("A number that does not end.");
    }
}
