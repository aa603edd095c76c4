namespace Relay.Members;

/// <summary>How long to wait before a source that failed is read again: twice as long each time, with jitter. Pure.</summary>
internal static class BackOff
{
    private const double Jitter = 0.2; // nodes that lost the same source do not come back to it in step

    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Ceiling = TimeSpan.FromSeconds(30);

    /// <summary>The delay after so many failures in a row.</summary>
    /// <param name="failures">One and up.</param>
    /// <param name="refresh">The time between two reads of a source that answers; the delay never grows beyond it, or 30 s.</param>
    /// <param name="random">From 0 to 1: shortens the delay by up to a fifth.</param>
    public static TimeSpan Delay(int failures, TimeSpan refresh, double random)
    {
        TimeSpan first = refresh < First ? refresh : First;
        TimeSpan ceiling = refresh > Ceiling ? refresh : Ceiling;
        double delay = Math.Min(first.Ticks * Math.Pow(2, failures - 1), ceiling.Ticks);
        return TimeSpan.FromTicks((long)(delay * (1 - (Jitter * random))));
    }
}
