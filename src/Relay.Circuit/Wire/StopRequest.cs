using Google.Protobuf;
using Relay.Multiformats;

namespace Relay.Circuit.Wire;

/// <summary>A STOP message of a relay, validated: a circuit offered by <see cref="Source"/>, or a fault.</summary>
internal readonly record struct StopRequest(PeerId? Source, CircuitLimit? Limit, ReasonCode Fault)
{
    private static readonly MessageParser<StopMessage> Parser = StopMessage.Parser.WithDiscardUnknownFields(true);

    /// <summary>The answer to a faulty request.</summary>
    public Status FaultStatus => Fault == ReasonCode.MessageUnexpected ? Status.UnexpectedMessage : Status.MalformedMessage;

    /// <summary>Reads a request. Never throws.</summary>
    public static StopRequest Parse(ReceivedMessage received)
    {
        if (received.Fault != ReasonCode.None)
            return Faulty(received.Fault);

        StopMessage message;
        try
        {
            message = Parser.ParseFrom(received.Bytes.Span);
        }
        catch (InvalidProtocolBufferException)
        {
            return Faulty(ReasonCode.MessageUnreadable);
        }

        if (!message.HasType)
            return Faulty(ReasonCode.MessageTypeUnknown);

        return message.Type switch
        {
            StopMessage.Types.Type.Connect => PeerId.TryFromBytes((message.Peer?.Id ?? ByteString.Empty).Span, out PeerId? source)
                ? new StopRequest(source, LimitCodec.FromWire(message.Limit), ReasonCode.None)
                : Faulty(ReasonCode.PeerInvalid),
            StopMessage.Types.Type.Status => Faulty(ReasonCode.MessageUnexpected),
            _ => Faulty(ReasonCode.MessageTypeUnknown),
        };
    }

    private static StopRequest Faulty(ReasonCode fault) => new(null, null, fault);
}
