namespace Relay.Libp2p;

/// <summary>The bounds that whoever carries a connection has set on it: a relay on a circuit. It is cut when they are passed.</summary>
/// <param name="Duration">How long it may last, from when it was opened; null: as long as it likes.</param>
/// <param name="Data">How many bytes it may carry in each direction; null: as many as it likes.</param>
public sealed record ConnectionLimit(TimeSpan? Duration, long? Data);
