namespace Relay.Circuit;

/// <summary>
/// What ended a circuit: the same word stands in the event, in the <c>cause</c> of the metric and in the log. Numbers are stable and never reused.
/// </summary>
public enum CircuitEnd
{
    /// <summary>Nothing yet.</summary>
    None = 0,

    /// <summary>Both ends closed.</summary>
    Closed = 1,

    /// <summary>An end was reset, which is also how go closes a relayed connection, or its connection was lost.</summary>
    Reset = 2,

    /// <summary>A direction was asked to carry more than <see cref="CircuitRelayOptions.MaxData"/>.</summary>
    DataLimit = 3,

    /// <summary>The circuit lasted for <see cref="CircuitRelayOptions.MaxDuration"/>.</summary>
    DurationLimit = 4,

    /// <summary>Neither direction carried a byte for <see cref="CircuitRelayOptions.CircuitIdleTimeout"/>.</summary>
    IdleTimeout = 5,

    /// <summary>The relay was stopped, or its time to drain was over.</summary>
    Stopped = 6,

    /// <summary>The host failed in a way it does not promise.</summary>
    Failed = 7,

    /// <summary>The policy no longer allows it, or its peer was evicted.</summary>
    Evicted = 8,
}
