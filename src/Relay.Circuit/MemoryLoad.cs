namespace Relay.Circuit;

/// <summary>What a decision has to know about memory, in bytes.</summary>
/// <param name="Host">What the host may take now, whatever the relay does.</param>
/// <param name="PerStream">What the host takes for a stream of a circuit.</param>
internal readonly record struct MemoryLoad(long Host, long PerStream);
