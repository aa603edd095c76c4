using System.Diagnostics;

namespace Relay.Circuit.Live;

/// <summary>What an activity says of a decision: no peers, as the metrics.</summary>
internal static class ActivityExtensions
{
    public static void Tell(this Activity? activity, in Decision decision)
    {
        if (activity is null)
            return;
        activity.SetTag("relay.status", decision.Status.ToString());
        activity.SetTag("relay.reason", decision.Reason.ToString());
        activity.SetTag("relay.limit", decision.Limit);
        if (!decision.IsGranted)
            activity.SetStatus(ActivityStatusCode.Error, decision.Reason.ToString());
    }
}
