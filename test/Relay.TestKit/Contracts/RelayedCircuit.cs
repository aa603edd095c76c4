using Relay.Circuit.Host;
using Relay.TestKit.Wire;

namespace Relay.TestKit.Contracts;

/// <summary>An open circuit, seen from both ends.</summary>
/// <param name="Source">The source's HOP stream, after the answer.</param>
/// <param name="Destination">The destination's STOP stream, after its answer.</param>
/// <param name="HopAnswer">The answer the source got.</param>
/// <param name="StopRequest">The request the destination got.</param>
public sealed record RelayedCircuit(IHostStream Source, IHostStream Destination, RawMessage HopAnswer, RawMessage StopRequest);
