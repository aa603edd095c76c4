using Relay.LoadTest.Scenarios;

namespace Relay.LoadTest.Reporting;

/// <summary>One metric under one condition, of all relays: a row of the table.</summary>
internal sealed record SummaryRow(string Scenario, string Case, Metric Metric, IReadOnlyDictionary<string, Spread> ByRelay)
{
    /// <summary>How many times as much <paramref name="relay"/> has as <paramref name="other"/>; null when one of them has none.</summary>
    public double? Ratio(string relay, string other) =>
        ByRelay.TryGetValue(relay, out Spread? first) && ByRelay.TryGetValue(other, out Spread? second) && second.Median != 0
            ? first.Median / second.Median
            : null;

    /// <summary>The rows, in the order in which they were measured.</summary>
    public static List<SummaryRow> From(IEnumerable<Measurement> measurements) =>
    [
        .. measurements
            .GroupBy(static one => (one.Scenario, one.Case, one.Metric))
            .Select(static row => new SummaryRow(row.Key.Scenario, row.Key.Case, row.Key.Metric, row
                .GroupBy(static one => one.Relay)
                .ToDictionary(static relay => relay.Key, static relay => Spread.Of([.. relay])))),
    ];
}
