using Relay.Circuit;
using Relay.Multiformats;

namespace Relay.TestKit.Wire;

/// <summary>HOP messages from their field numbers.</summary>
public static class RawHop
{
    /// <summary>type = RESERVE.</summary>
    public static RawMessage Reserve() => new RawMessage().With(1, 0);

    /// <summary>type = CONNECT, peer.id.</summary>
    public static RawMessage Connect(PeerId destination) => new RawMessage().With(1, 1).With(2, new RawMessage().With(1, destination.ToByteArray()));

    /// <summary>type = STATUS, status.</summary>
    public static RawMessage Answer(Status status) => new RawMessage().With(1, 2).With(5, (ulong)status);

    /// <summary>The status of an answer, which must be of type STATUS.</summary>
    public static Status StatusOf(RawMessage answer)
    {
        if (answer.Varint(1) != 2)
            throw new FormatException($"The type is {answer.Varint(1)?.ToString() ?? "absent"}, not STATUS.");
        return (Status)(answer.Varint(5) ?? throw new FormatException("The status is absent."));
    }
}
