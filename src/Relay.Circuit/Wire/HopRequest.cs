using Google.Protobuf;
using Relay.Multiformats;

namespace Relay.Circuit.Wire;

/// <summary>
/// A HOP message of a client, validated. A CONNECT without a usable peer stays a CONNECT with a fault, as other checks come before that one.
/// </summary>
internal readonly record struct HopRequest(HopRequestKind Kind, PeerId? Destination, ReasonCode Fault)
{
    private static readonly MessageParser<HopMessage> Parser = HopMessage.Parser.WithDiscardUnknownFields(true);

    /// <summary>The answer to a request that is faulty whoever sends it.</summary>
    public Status FaultStatus => Fault == ReasonCode.MessageUnexpected ? Status.UnexpectedMessage : Status.MalformedMessage;

    /// <summary>Reads a request. Never throws.</summary>
    public static HopRequest Parse(ReceivedMessage received)
    {
        if (received.Fault != ReasonCode.None)
            return Faulty(received.Fault);

        HopMessage message;
        try
        {
            message = Parser.ParseFrom(received.Bytes.Span);
        }
        catch (InvalidProtocolBufferException)
        {
            return Faulty(ReasonCode.MessageUnreadable);
        }

        // RESERVE is the enum's zero: without a look at presence, a message without a type, even an empty one, would reserve a slot.
        if (!message.HasType)
            return Faulty(ReasonCode.MessageTypeUnknown);

        return message.Type switch
        {
            HopMessage.Types.Type.Reserve => new HopRequest(HopRequestKind.Reserve, null, ReasonCode.None),
            HopMessage.Types.Type.Connect => PeerId.TryFromBytes((message.Peer?.Id ?? ByteString.Empty).Span, out PeerId? destination)
                ? new HopRequest(HopRequestKind.Connect, destination, ReasonCode.None)
                : new HopRequest(HopRequestKind.Connect, null, ReasonCode.PeerInvalid),
            HopMessage.Types.Type.Status => Faulty(ReasonCode.MessageUnexpected),
            _ => Faulty(ReasonCode.MessageTypeUnknown),
        };
    }

    private static HopRequest Faulty(ReasonCode fault) => new(HopRequestKind.Faulty, null, fault);
}
