namespace Relay.Circuit;

/// <summary>
/// What became of a request, or what would become of it now, and why. An immutable value: the answer on the wire, the log, the metric, the event and
/// <c>Explain</c> all come from the same one. The default value is no decision.
/// </summary>
/// <param name="Status">What the wire says, which is coarse: many reasons share a status. OK when it was granted.</param>
/// <param name="Reason">The fine reason: the code that stands in the log, the event and the metric.</param>
/// <param name="Limit">
/// The limit that refused it, by the name its option has in <see cref="CircuitRelayOptions"/>, as <c>MaxReservations</c>; null when no limit did.
/// </param>
/// <param name="Current">How much of that limit was in use, in the limit's own unit; 0 when no limit refused.</param>
/// <param name="Maximum">How much there may be; 0 when no limit refused.</param>
/// <param name="Detail">What the access-control filter gave as its reason, whether it said yes or no, or null. Free text: never a metric's tag.</param>
public readonly record struct Decision(
    Status Status,
    ReasonCode Reason,
    string? Limit = null,
    long Current = 0,
    long Maximum = 0,
    string? Detail = null)
{
    /// <summary>Whether the request was granted.</summary>
    public bool IsGranted => Status == Status.Ok;

    /// <summary>The decision in one line, as <c>ReservationRefused, ReservationsFull (MaxReservations: 128 of 128)</c>.</summary>
    public override string ToString()
    {
        string limit = Limit is null ? "" : FormattableString.Invariant($" ({Limit}: {Current} of {Maximum})");
        return Detail is null ? $"{Status}, {Reason}{limit}" : $"{Status}, {Reason}{limit}: {Detail}";
    }

    internal static Decision Refused(Status status, ReasonCode reason) => new(status, reason);

    internal static Decision Full(Status status, ReasonCode reason, string limit, long current, long maximum) => new(status, reason, limit, current, maximum);

    internal static Decision Denied(in PolicyVerdict verdict) => new(Status.PermissionDenied, verdict.Refusal, Detail: verdict.Verdict.Reason);

    internal static Decision Granted(ReasonCode reason, in PolicyVerdict verdict) => new(Status.Ok, reason, Detail: verdict.Verdict.Reason);
}
