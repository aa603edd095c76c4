namespace Relay.Circuit.Splicing;

/// <summary>The bounds of one circuit, as they are when it opens; null lifts one.</summary>
/// <param name="MaxData">Bytes in each direction.</param>
/// <param name="MaxDuration">How long it lasts.</param>
/// <param name="IdleTimeout">How long it lasts without a byte in either direction.</param>
/// <param name="Bandwidth">Bytes per second in each direction.</param>
internal sealed record SpliceTerms(long? MaxData = null, TimeSpan? MaxDuration = null, TimeSpan? IdleTimeout = null, long? Bandwidth = null);
