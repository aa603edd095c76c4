using System.Globalization;
using System.Text;

namespace Relay.LoadTest.Reporting;

/// <summary>The results as a Markdown table, readable as it is.</summary>
internal static class Table
{
    private const double Noisy = 0.1; // of the machine used by others

    public static string Write(Results results)
    {
        List<SummaryRow> rows = SummaryRow.From(results.Measurements);
        string[] relays = [.. results.Measurements.Select(static one => one.Relay).Distinct()];
        List<string[]> cells = [Header(relays), .. rows.Select(row => Cells(row, relays))];

        var text = new StringBuilder();
        text.AppendLine(Describe(results)).AppendLine();
        int[] widths = [.. Enumerable.Range(0, cells[0].Length).Select(column => cells.Max(row => row[column].Length))];
        for (int i = 0; i < cells.Count; i++)
        {
            text.AppendLine($"| {string.Join(" | ", cells[i].Select((cell, column) => cell.PadRight(widths[column])))} |");
            if (i == 0)
                text.AppendLine($"|{string.Join("|", widths.Select(static width => new string('-', width + 2)))}|");
        }

        foreach (string failure in results.Failures)
            text.AppendLine().AppendLine($"Failed: {failure}");
        return text.ToString();
    }

    private static string Describe(Results results)
    {
        string signature = results.SignatureCpu is { } cpu ? $" One Ed25519 signature by libcrypto: {Number(cpu * 1e6)} us." : "";
        string debug = typeof(Table).Assembly.Location.Contains("debug", StringComparison.Ordinal) ? " DEBUG BUILD: these figures mean nothing." : "";
        return $"{results.StartedAt:u}, {Environment.ProcessorCount} processors, .NET {Environment.Version}."
            + $" Rounds: {results.Options.Rounds}; median (least to most)."
            + $" Noisy: other processes used more than {Noisy:P0} of the machine in some round.{signature}{debug}";
    }

    private static string[] Header(string[] relays) =>
        ["scenario", "case", "metric", .. relays, .. relays.Skip(1).Select(other => $"{relays[0]} / {other}"), "others"];

    private static string[] Cells(SummaryRow row, string[] relays)
    {
        double? others = row.ByRelay.Values.Max(static spread => spread.OtherShare);
        return
        [
            row.Scenario,
            row.Case,
            $"{row.Metric.Name}, {row.Metric.Unit}{(row.Metric.LessIsBetter ? "" : " (more is better)")}",
            .. relays.Select(relay => row.ByRelay.TryGetValue(relay, out Spread? spread) ? Text(spread) : "-"),
            .. relays.Skip(1).Select(other => row.Ratio(relays[0], other) is { } ratio ? $"{Number(ratio)}x" : "-"),
            others is { } share ? $"{share:P0}{(share > Noisy ? " noisy" : "")}" : "",
        ];
    }

    private static string Text(Spread spread) => spread.Least == spread.Most
        ? Number(spread.Median)
        : $"{Number(spread.Median)} ({Number(spread.Least)} to {Number(spread.Most)})";

    /// <summary>Three digits that count.</summary>
    public static string Number(double value) => value switch
    {
        0 => "0",
        _ when Math.Abs(value) >= 100 => value.ToString("F0", CultureInfo.InvariantCulture),
        _ when Math.Abs(value) >= 10 => value.ToString("F1", CultureInfo.InvariantCulture),
        _ when Math.Abs(value) >= 1 => value.ToString("F2", CultureInfo.InvariantCulture),
        _ => value.ToString("F3", CultureInfo.InvariantCulture),
    };
}
