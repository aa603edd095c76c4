using System.Globalization;
using System.Net;
using System.Text;

namespace Relay.LoadTest.Reporting;

/// <summary>
/// The results as bars: each row of the table a group with a scale of its own, one bar for each relay, a line from the least to the most of the rounds.
/// </summary>
internal static class Plot
{
    private const int LabelWidth = 470;
    private const int BarsWidth = 360;
    private const int ValueWidth = 90;
    private const int BarHeight = 13;
    private const int GroupGap = 9;
    private const int Top = 34;

    private static readonly string[] Colours = ["#1f6feb", "#d29922", "#8250df", "#57606a"];

    public static string Write(Results results)
    {
        List<SummaryRow> rows = SummaryRow.From(results.Measurements);
        string[] relays = [.. results.Measurements.Select(static one => one.Relay).Distinct()];
        int groupHeight = (relays.Length * BarHeight) + GroupGap;

        var svg = new StringBuilder();
        int height = Top + (rows.Count * groupHeight);
        svg.AppendLine(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{LabelWidth + BarsWidth + ValueWidth}" height="{height}" font-family="sans-serif" font-size="11">
            <rect width="100%" height="100%" fill="#ffffff"/>
            """);
        for (int i = 0; i < relays.Length; i++)
        {
            int x = LabelWidth + (i * 90);
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{x}" y="18" fill="{Colour(i)}" font-weight="bold">{Escape(relays[i])}</text>""");
        }

        for (int i = 0; i < rows.Count; i++)
            DrawGroup(svg, rows[i], relays, Top + (i * groupHeight));
        return svg.AppendLine("</svg>").ToString();
    }

    private static void DrawGroup(StringBuilder svg, SummaryRow row, string[] relays, int top)
    {
        string label = $"{row.Scenario} {row.Case}: {row.Metric.Name}, {row.Metric.Unit}{(row.Metric.LessIsBetter ? "" : " (more is better)")}";
        int middle = top + (relays.Length * BarHeight / 2) + 4;
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{LabelWidth - 8}" y="{middle}" text-anchor="end">{Escape(label)}</text>""");

        double scale = BarsWidth / Math.Max(row.ByRelay.Values.Max(static spread => spread.Most), double.Epsilon);
        for (int i = 0; i < relays.Length; i++)
        {
            if (!row.ByRelay.TryGetValue(relays[i], out Spread? spread))
                continue;
            int y = top + (i * BarHeight);
            double centre = y + ((BarHeight - 2) / 2.0);
            svg.AppendLine(CultureInfo.InvariantCulture, $"""
                <rect x="{LabelWidth}" y="{y}" width="{At(spread.Median) - LabelWidth:F1}" height="{BarHeight - 2}" fill="{Colour(i)}"/>
                <line x1="{At(spread.Least):F1}" x2="{At(spread.Most):F1}" y1="{centre:F1}" y2="{centre:F1}" stroke="#000000"/>
                <text x="{At(spread.Most) + 4:F1}" y="{y + 10}">{Table.Number(spread.Median)}</text>
                """);
        }

        double At(double value) => LabelWidth + Math.Max(0, value * scale);
    }

    private static string Colour(int relay) => Colours[relay % Colours.Length];

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
