using Relay.Circuit;
using Relay.Multiformats;

namespace Relay.TestKit.Wire;

/// <summary>STOP messages from their field numbers.</summary>
public static class RawStop
{
    /// <summary>type = CONNECT, peer.id.</summary>
    public static RawMessage Connect(PeerId source) => new RawMessage().With(1, 0).With(2, new RawMessage().With(1, source.ToByteArray()));

    /// <summary>type = STATUS, status.</summary>
    public static RawMessage Answer(Status status) => new RawMessage().With(1, 1).With(4, (ulong)status);

    /// <summary>The status of an answer, which must be of type STATUS.</summary>
    public static Status StatusOf(RawMessage answer)
    {
        if (answer.Varint(1) != 1)
            throw new FormatException($"The type is {answer.Varint(1)?.ToString() ?? "absent"}, not STATUS.");
        return (Status)(answer.Varint(4) ?? throw new FormatException("The status is absent."));
    }
}
