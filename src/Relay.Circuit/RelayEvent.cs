using Relay.Multiformats;

namespace Relay.Circuit;

/// <summary>
/// Something that has happened at a <see cref="CircuitRelay"/>: one of the records nested here. Immutable. <see cref="CircuitRelay.Subscribe"/> gives them.
/// </summary>
public abstract record RelayEvent
{
    private RelayEvent()
    {
    }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>A request was granted or refused, or failed after it was granted. Each request is decided once.</summary>
    /// <param name="Operation">What was asked for.</param>
    /// <param name="Peer">Who asked.</param>
    /// <param name="Destination">Whom a CONNECT was to reach; null when it named nobody, and for anything else.</param>
    /// <param name="Decision">What became of it, and why: with the reason code that the metric and the log have.</param>
    public sealed record Decided(RelayOperation Operation, PeerId Peer, PeerId? Destination, Decision Decision) : RelayEvent;

    /// <summary>A reservation ended otherwise than by the relay's stop.</summary>
    /// <param name="Peer">Who held it.</param>
    /// <param name="Reason">
    /// Why: <see cref="ReasonCode.Expired"/>, <see cref="ReasonCode.Disconnected"/>, <see cref="ReasonCode.Undelivered"/>, or an eviction's reason.
    /// </param>
    /// <param name="Detail">
    /// What <see cref="CircuitRelay.Evict"/> was given as its reason, or what the access-control filter said when it no longer admitted the peer; else null. Free
    /// text: never a metric's tag.
    /// </param>
    public sealed record ReservationEnded(PeerId Peer, ReasonCode Reason, string? Detail = null) : RelayEvent;

    /// <summary>A circuit was opened.</summary>
    /// <param name="Circuit">The circuit.</param>
    public sealed record CircuitOpened(CircuitInfo Circuit) : RelayEvent;

    /// <summary>A circuit ended.</summary>
    /// <param name="Circuit">The circuit, with what it has carried.</param>
    /// <param name="Cause">What ended it.</param>
    /// <param name="Reason">Why it was cut short, when the cause is <see cref="CircuitEnd.Evicted"/>; else <see cref="ReasonCode.None"/>.</param>
    public sealed record CircuitClosed(CircuitInfo Circuit, CircuitEnd Cause, ReasonCode Reason) : RelayEvent;

    /// <summary>The subscriber was too slow: this is the place of events that it does not get.</summary>
    /// <param name="Count">How many.</param>
    public sealed record Lost(long Count) : RelayEvent;
}
