using System.Buffers.Binary;

namespace Relay.Libp2p.Yamux;

/// <summary>
/// The header of every yamux frame, big endian:
/// <code>
///   0        1        2              4                    8                    12
///   | version | type  | flags        | stream id          | length             |
/// </code>
/// Only data frames have a body; <see cref="Length"/> is its size, else the window delta, the ping value or the go-away code.
/// </summary>
internal readonly record struct YamuxHeader(YamuxFrameType Type, YamuxFlags Flags, uint StreamId, uint Length)
{
    public void Write(Span<byte> destination)
    {
        destination[0] = YamuxProtocol.Version;
        destination[1] = (byte)Type;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)Flags);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], StreamId);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], Length);
    }

    /// <exception cref="YamuxException">The version or the type is not one of yamux.</exception>
    public static YamuxHeader Read(ReadOnlySpan<byte> source)
    {
        if (source[0] != YamuxProtocol.Version)
            throw new YamuxException($"a frame of version {source[0]}");
        if (source[1] > (byte)YamuxFrameType.GoAway)
            throw new YamuxException($"a frame of type {source[1]}");
        return new YamuxHeader(
            (YamuxFrameType)source[1],
            (YamuxFlags)BinaryPrimitives.ReadUInt16BigEndian(source[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(source[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(source[8..]));
    }
}
