namespace Relay.Circuit.Wire;

/// <summary>The bytes of one message without its length prefix, or why there are none.</summary>
internal readonly record struct ReceivedMessage(ReadOnlyMemory<byte> Bytes, ReasonCode Fault)
{
    public static ReceivedMessage Faulty(ReasonCode fault) => new(default, fault);
}
