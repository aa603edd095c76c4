namespace Relay.Circuit;

/// <summary>What a decision has to know about memory, in bytes.</summary>
/// <param name="Host">What the host may take now, whatever the relay does.</param>
/// <param name="PerCircuit">What one more circuit may take: two buffers, and what is promised to be received on two streams.</param>
internal readonly record struct MemoryLoad(long Host, long PerCircuit);
