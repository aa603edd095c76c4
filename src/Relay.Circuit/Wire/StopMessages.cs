using Relay.Multiformats;

namespace Relay.Circuit.Wire;

/// <summary>The STOP messages we send.</summary>
internal static class StopMessages
{
    public static StopMessage Connect(PeerId source, Limit? limit) => new()
    {
        Type = StopMessage.Types.Type.Connect,
        Peer = PeerCodec.ToWire(source),
        Limit = limit,
    };

    public static StopMessage Answer(Status status) => new()
    {
        Type = StopMessage.Types.Type.Status,
        Status = (StatusCode)status,
    };
}
