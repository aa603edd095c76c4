using System.Diagnostics;

namespace Relay.LoadTest.Workers;

/// <summary>Does one thing many times, and times each.</summary>
internal static class Timed
{
    /// <summary>Does something that takes its own time, again and again.</summary>
    /// <returns>The time of each in milliseconds.</returns>
    public static async Task<double[]> RepeatAsync(Repeat repeat, Func<Task<TimeSpan>> work)
    {
        List<double> milliseconds = [];
        long started = Stopwatch.GetTimestamp();
        do
            milliseconds.Add((await work().ConfigureAwait(false)).TotalMilliseconds);
        while (milliseconds.Count < repeat.Count && Stopwatch.GetElapsedTime(started).TotalSeconds < repeat.Seconds);
        return [.. milliseconds];
    }

    /// <summary>Does all of it, some at once.</summary>
    /// <returns>The time of each in milliseconds, in the order of the numbers.</returns>
    public static async Task<double[]> RunAsync(int count, int concurrency, Func<int, Task> work)
    {
        var milliseconds = new double[count];
        int next = -1;

        async Task WorkAsync()
        {
            for (int i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                long started = Stopwatch.GetTimestamp();
                await work(i).ConfigureAwait(false);
                milliseconds[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            }
        }

        await Task.WhenAll(Enumerable.Range(0, Math.Min(concurrency, count)).Select(_ => Task.Run(WorkAsync))).ConfigureAwait(false);
        return milliseconds;
    }
}
