using System.Numerics;

namespace Relay.Circuit;

/// <summary>
/// What the parts of a relay service may take in memory, in bytes: for whoever has to say what it needs at worst, and for what it counts as it runs, by the same
/// sum. What the host takes is the host's to say.
/// </summary>
public static class RelayMemory
{
    /// <summary>A reservation in the tables, generously.</summary>
    public const long PerReservation = 2048;

    /// <summary>An entry of a table of rates, generously; a table has 100 000 at most.</summary>
    public const long PerRateEntry = 512;

    /// <summary>A copy buffer, as large as the pool makes it.</summary>
    /// <param name="bufferSize"><see cref="CircuitRelayOptions.BufferSize"/>.</param>
    public static long OfBuffer(int bufferSize) => BitOperations.RoundUpToPowerOf2((uint)bufferSize);

    /// <summary>A circuit: a copy buffer for each direction, and two streams.</summary>
    /// <param name="bufferSize"><see cref="CircuitRelayOptions.BufferSize"/>.</param>
    /// <param name="perStream"><see cref="Host.IRelayHost.StreamMemory"/>.</param>
    public static long OfCircuit(int bufferSize, long perStream) => 2 * (OfBuffer(bufferSize) + perStream);

    /// <summary>The tables of rates that these options set, when they are full.</summary>
    public static long OfRates(CircuitRelayOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Rate?[] rates = [options.ReservationRatePerPeer, options.ReservationRatePerIp, options.CircuitRatePerPeer, options.CircuitRatePerIp];
        return rates.Count(static rate => rate is not null) * RateTable.MaxRemembered * PerRateEntry;
    }

    /// <summary>The relay service when every cap is reached.</summary>
    /// <param name="options">What it grants.</param>
    /// <param name="perStream"><see cref="Host.IRelayHost.StreamMemory"/>.</param>
    public static long WorstCase(CircuitRelayOptions options, long perStream)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.MaxTotalCircuits * OfCircuit(options.BufferSize, perStream) + options.MaxReservations * PerReservation + OfRates(options);
    }
}
