using Relay.LoadTest.Measuring;
using Relay.LoadTest.Scenarios;

namespace Relay.LoadTest.Reporting;

/// <summary>What the rounds gave together.</summary>
/// <param name="Median">The median of the rounds.</param>
/// <param name="Least">The least.</param>
/// <param name="Most">The most.</param>
/// <param name="OtherShare">The part of the machine that other processes used, in the worst round, 0 to 1; null where that is not known.</param>
internal sealed record Spread(double Median, double Least, double Most, double? OtherShare)
{
    public static Spread Of(IReadOnlyList<Measurement> rounds)
    {
        double[] values = [.. rounds.Select(static one => one.Value)];
        return new Spread(Numbers.Median(values), values.Min(), values.Max(), rounds.Max(static one => one.Use?.OtherShare));
    }
}
