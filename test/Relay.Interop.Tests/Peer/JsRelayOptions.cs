namespace Relay.Interop.Tests.Peer;

/// <summary>The settings of js-libp2p's own relay; null is its default. Times are in milliseconds.</summary>
internal sealed record JsRelayOptions
{
    public int? HopTimeout { get; init; }

    public int? MaxReservations { get; init; }

    public int? ReservationTtl { get; init; }

    /// <summary>Whether circuits are limited at all.</summary>
    public bool? Limited { get; init; }

    /// <summary>Bytes, both directions together. js-libp2p counts so.</summary>
    public long? DataLimit { get; init; }

    /// <summary>js-libp2p announces this number as it is, as if it were seconds.</summary>
    public int? DurationLimit { get; init; }

    /// <summary>Peer ids that may not reserve.</summary>
    public IReadOnlyList<string>? Denied { get; init; }
}
