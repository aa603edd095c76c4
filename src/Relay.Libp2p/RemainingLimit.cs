namespace Relay.Libp2p;

/// <summary>
/// What is left of a connection's bounds, as far as this end can know: the relay's clock started up to a round trip earlier or later, and some relays
/// (js, rust) count both directions together, where the specification counts each by itself.
/// </summary>
/// <param name="Duration">The time left; null: it is not limited.</param>
/// <param name="DataToSend">Bytes left in the direction to the remote, what secures and multiplexes them included; null: not limited.</param>
/// <param name="DataToReceive">Bytes left in the direction from the remote; null: not limited.</param>
public sealed record RemainingLimit(TimeSpan? Duration, long? DataToSend, long? DataToReceive);
