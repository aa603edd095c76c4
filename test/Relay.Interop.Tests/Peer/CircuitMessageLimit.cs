namespace Relay.Interop.Tests.Peer;

/// <param name="Duration">Seconds.</param>
/// <param name="Data">Bytes in each direction.</param>
internal sealed record CircuitMessageLimit(IReadOnlyList<int> Fields, long? Duration, long? Data);
