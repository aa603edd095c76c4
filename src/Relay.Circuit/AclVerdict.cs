namespace Relay.Circuit;

/// <summary>An answer of an <see cref="IRelayAclFilter"/>: yes or no, and why. Converts from <see cref="bool"/>. The default value is a refusal.</summary>
public readonly record struct AclVerdict
{
    private AclVerdict(bool isAllowed, string? reason, TimeSpan? reservationTtl = null)
    {
        IsAllowed = isAllowed;
        Reason = reason;
        ReservationTtl = reservationTtl;
    }

    /// <summary>Whether the request is admitted.</summary>
    public bool IsAllowed { get; }

    /// <summary>Why, in a few words for the log and the event; not sent to the peer. Null when the filter gave none.</summary>
    public string? Reason { get; }

    /// <summary>
    /// How long a reservation that is granted on this verdict lasts at most; null leaves it to <see cref="CircuitRelayOptions.ReservationTtl"/>, and the
    /// shorter of the two holds. Says nothing about circuits.
    /// </summary>
    public TimeSpan? ReservationTtl { get; }

    /// <summary>Yes.</summary>
    /// <param name="reason">Why, in a few words.</param>
    /// <param name="reservationTtl">
    /// How long the reservation lasts at most, at least 1 second: a peer that is let in provisionally has to come back, and is judged anew, the sooner. Null
    /// for no bound of the filter's own.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="reservationTtl"/> is below 1 second.</exception>
    public static AclVerdict Allow(string? reason = null, TimeSpan? reservationTtl = null)
    {
        if (reservationTtl is { } ttl)
            ArgumentOutOfRangeException.ThrowIfLessThan(ttl, TimeSpan.FromSeconds(1), nameof(reservationTtl));
        return new AclVerdict(true, reason, reservationTtl);
    }

    /// <summary>No.</summary>
    public static AclVerdict Deny(string? reason = null) => new(false, reason);

    /// <summary>True is yes, false is no.</summary>
    public static implicit operator AclVerdict(bool isAllowed) => new(isAllowed, null);
}
