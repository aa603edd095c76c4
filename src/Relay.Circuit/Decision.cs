namespace Relay.Circuit;

/// <summary>What became of a request, and why: a plain value, so that the answer, the log and whoever explains it later say the same.</summary>
/// <param name="Status">What the wire says.</param>
/// <param name="Reason">The fine reason.</param>
/// <param name="Limit">The option that refused it, by the name it has in <see cref="CircuitRelayOptions"/>; null when none did.</param>
/// <param name="Current">How many there were, when a limit refused it.</param>
/// <param name="Maximum">How many there may be, when a limit refused it.</param>
/// <param name="Detail">What the access-control filter added, or null.</param>
internal readonly record struct Decision(Status Status, ReasonCode Reason, string? Limit = null, int Current = 0, int Maximum = 0, string? Detail = null)
{
    /// <summary>The filter has to be asked before there is a decision.</summary>
    public static Decision VerdictNeeded => new(Status.PermissionDenied, ReasonCode.VerdictNeeded);

    public static Decision Refused(Status status, ReasonCode reason) => new(status, reason);

    public static Decision Full(Status status, ReasonCode reason, string limit, int current, int maximum) => new(status, reason, limit, current, maximum);

    public static Decision Denied(in PolicyVerdict verdict) => new(Status.PermissionDenied, verdict.Refusal, Detail: verdict.Verdict.Reason);

    public static Decision Granted(ReasonCode reason) => new(Status.Ok, reason);
}
