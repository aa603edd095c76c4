namespace Relay.Circuit.Splicing;

/// <summary>How long to set a timer for.</summary>
internal static class Stretch
{
    /// <summary>Timers run this long at most; a longer time is waited for in stretches.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(40);

    /// <summary>The next stretch to wait: whole milliseconds are what timers count in, and rounding down would make one fire early and spin.</summary>
    public static TimeSpan Of(TimeSpan left)
        => left > LongestTimer ? LongestTimer : TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
}
