using System.Buffers.Binary;

namespace Relay.Libp2p.Tests.Scripting;

/// <summary>A yamux frame written and read by hand; any field can be wrong. Its text, such as <c>DATA FIN #3 5</c>, is what tests compare.</summary>
internal sealed record RawFrame(int Type, int Flags, uint StreamId, uint Length)
{
    public const int Syn = 1;
    public const int Ack = 2;
    public const int Fin = 4;
    public const int Rst = 8;

    private static readonly string[] Types = ["DATA", "WINDOW", "PING", "GOAWAY"];
    private static readonly string[] FlagNames = ["SYN", "ACK", "FIN", "RST"];

    public byte Version { get; init; }

    public byte[] Body { get; init; } = [];

    public static RawFrame Data(uint streamId, byte[] body, int flags = 0) => new(0, flags, streamId, (uint)body.Length) { Body = body };

    public static RawFrame Window(uint streamId, uint delta, int flags = 0) => new(1, flags, streamId, delta);

    public static RawFrame Ping(uint value, int flags = Syn) => new(2, flags, 0, value);

    public static RawFrame GoAway(uint code) => new(3, 0, 0, code);

    public static RawFrame ReadHeader(ReadOnlySpan<byte> header) =>
        new(header[1], BinaryPrimitives.ReadUInt16BigEndian(header[2..]), BinaryPrimitives.ReadUInt32BigEndian(header[4..]), BinaryPrimitives.ReadUInt32BigEndian(header[8..]))
        {
            Version = header[0],
        };

    public bool Has(int flag) => (Flags & flag) != 0;

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[12 + Body.Length];
        bytes[0] = Version;
        bytes[1] = (byte)Type;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)Flags);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), StreamId);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), Length);
        Body.CopyTo(bytes, 12);
        return bytes;
    }

    public override string ToString()
    {
        IEnumerable<string> flags = FlagNames.Where((_, bit) => Has(1 << bit));
        return string.Join(' ', [Types.ElementAtOrDefault(Type) ?? $"type {Type}", .. flags, $"#{StreamId}", $"{Length}"]);
    }
}
