using Google.Protobuf;

namespace Relay.Circuit.Wire;

/// <summary>What a destination said to a STOP request. Whatever is not a STATUS with OK is a refusal.</summary>
internal static class StopAnswer
{
    private static readonly MessageParser<StopMessage> Parser = StopMessage.Parser.WithDiscardUnknownFields(true);

    /// <summary>Reads an answer: <see cref="ReasonCode.None"/> when the circuit is accepted, else why not. Never throws.</summary>
    public static ReasonCode Parse(ReceivedMessage received)
    {
        if (received.Fault == ReasonCode.MessageTruncated)
            return ReasonCode.StopInterrupted;
        if (received.Fault != ReasonCode.None)
            return ReasonCode.StopAnswerMalformed;

        try
        {
            StopMessage message = Parser.ParseFrom(received.Bytes.Span);
            if (!message.HasType || message.Type != StopMessage.Types.Type.Status || !message.HasStatus)
                return ReasonCode.StopAnswerMalformed;
            return message.Status == StatusCode.Ok ? ReasonCode.None : ReasonCode.StopRefused;
        }
        catch (InvalidProtocolBufferException)
        {
            return ReasonCode.StopAnswerMalformed;
        }
    }
}
