namespace Relay.Circuit;

/// <summary>
/// The live table: what a <see cref="CircuitRelay"/> holds, row by row: the reservations of one moment, and the circuits of the next. Immutable. Taking one visits each reservation and each open circuit once
/// and stops nobody for longer than the copying of references takes: cheap enough to take every second with 10 000 circuits.
/// </summary>
public sealed class RelaySnapshot
{
    internal RelaySnapshot(DateTimeOffset takenAt, IReadOnlyList<ReservationInfo> reservations, IReadOnlyList<CircuitInfo> circuits)
    {
        TakenAt = takenAt;
        Reservations = reservations;
        Circuits = circuits;
    }

    /// <summary>When it was taken.</summary>
    public DateTimeOffset TakenAt { get; }

    /// <summary>The unexpired reservations, in no particular order.</summary>
    public IReadOnlyList<ReservationInfo> Reservations { get; }

    /// <summary>The open circuits, in no particular order; those that still wait for their destination's answer are not among them.</summary>
    public IReadOnlyList<CircuitInfo> Circuits { get; }
}
