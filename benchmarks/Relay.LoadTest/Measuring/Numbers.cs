namespace Relay.LoadTest.Measuring;

/// <summary>What is said of many numbers.</summary>
internal static class Numbers
{
    /// <summary>The middle one, or the mean of the middle two.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The least value that <paramref name="percent"/> of the values do not exceed.</summary>
    public static double Percentile(IEnumerable<double> values, double percent)
    {
        double[] sorted = [.. values.Order()];
        int rank = (int)Math.Ceiling(sorted.Length * percent / 100);
        return sorted[Math.Clamp(rank - 1, 0, sorted.Length - 1)];
    }
}
