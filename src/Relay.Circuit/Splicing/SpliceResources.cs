namespace Relay.Circuit.Splicing;

/// <summary>What all circuits of a relay share.</summary>
/// <param name="Buffers">The copy buffers.</param>
/// <param name="Rate">The rate in total.</param>
/// <param name="Time">The clock.</param>
internal sealed record SpliceResources(RentedBuffers Buffers, SharedRate Rate, TimeProvider Time);
