using Relay.Libp2p;

namespace Relay;

/// <summary>
/// A relay has cut a circuit at the limit it had announced: found as the <see cref="Connection.CloseReason"/> of the connection inside the circuit, and as the
/// inner exception of what its streams throw. Whoever has sent too much, or has waited too long, learns it in this way for certain; an end that was only
/// receiving may see an ordinary reset instead, since a reset takes along what was not read yet.
/// </summary>
public sealed class CircuitLimitException : IOException
{
    /// <summary>Creates the exception.</summary>
    public CircuitLimitException(ConnectionLimit limit, bool isDuration, Exception? innerException = null)
        : base(
            isDuration
                ? $"The relay has cut the circuit: it may last {limit?.Duration}."
                : $"The relay has cut the circuit: it may carry {limit?.Data} bytes in each direction.",
            innerException)
    {
        ArgumentNullException.ThrowIfNull(limit);
        Limit = limit;
        IsDuration = isDuration;
    }

    /// <summary>What the relay had announced.</summary>
    public ConnectionLimit Limit { get; }

    /// <summary>Whether the time was over; else it was the data.</summary>
    public bool IsDuration { get; }
}
