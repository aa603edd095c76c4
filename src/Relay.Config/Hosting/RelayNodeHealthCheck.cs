using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Relay.Hosting;

/// <summary>
/// Says how the node is: unhealthy when it does not listen; degraded while the bootstrap window is open for too long, the members are stale or too many of
/// them have fallen silent at once; else healthy.
/// </summary>
internal sealed class RelayNodeHealthCheck(RelayNode node) : IHealthCheck
{
    /// <summary>How long the bootstrap window may be open: the members of an EdgeVPN network announce themselves every two or three minutes.</summary>
    public static readonly TimeSpan LongestWindow = TimeSpan.FromMinutes(5);

    /// <summary>How many refreshes may go by without a good snapshot.</summary>
    public const int MissedRefreshes = 3;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check());

    private HealthCheckResult Check()
    {
        RelayNodeCounts counts = node.Counts;
        var data = new Dictionary<string, object>
        {
            ["connections"] = counts.Connections,
            ["reservations"] = counts.Reservations,
            ["circuits"] = counts.Circuits,
        };
        if (!node.IsRunning)
            return HealthCheckResult.Unhealthy("The node does not run.", data: data);
        if (node.ListenAddresses.Count == 0 && !node.DialsOnly)
            return HealthCheckResult.Unhealthy("The node does not listen.", data: data);
        if (node.Membership is not { } membership)
            return HealthCheckResult.Healthy(data: data);

        data["members"] = membership.MemberCount;
        data["windowOpen"] = membership.IsWindowOpen;
        data["sourceErrors"] = membership.SourceErrors;
        data["heldBack"] = membership.HeldBack;
        if (WhatIsDegraded(membership) is { } problem)
            return HealthCheckResult.Degraded(problem, membership.LastError, data);
        return HealthCheckResult.Healthy(data: data);
    }

    private string? WhatIsDegraded(MembershipStatus membership)
    {
        if (membership.WindowOpenFor is { } open && open > LongestWindow)
            return $"The bootstrap window has been open for {Text(open)}: every peer may reserve.";

        if (membership.HeldBack > 0)
            return $"{membership.HeldBack} members have not been seen for too long, and are kept because they are too many at once: has the source lost its network?";

        NetworkOnlyOption? option = node.Options.OfType<NetworkOnlyOption>().SingleOrDefault();
        if (!membership.IsWindowOpen && membership.Silence is { } silence && silence > option?.MaxAge)
            return $"No peer other than this node has been seen for {Text(silence)}, and the members stay: has the source lost its network?";

        if (membership.Age is not { } age || !(age > option?.Refresh * MissedRefreshes))
            return null;
        string why = membership.LastError?.Message ?? "no answer has come.";
        return membership.RefreshedAt is null
            ? $"The membership source has not answered since the start, {Text(age)} ago: {why}"
            : $"The members are {Text(age)} old: {why}";
    }

    private static string Text(TimeSpan time) => time.ToString(@"d\.hh\:mm\:ss", CultureInfo.InvariantCulture);
}
