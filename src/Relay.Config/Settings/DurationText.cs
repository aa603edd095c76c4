using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Relay.Settings;

/// <summary>
/// Durations as text: as Go writes them (<c>1h30m</c>, <c>500ms</c>, <c>1.5h</c>) or as <c>hh:mm:ss</c>. A bare number is refused: in which
/// unit would it be? Read exactly and rounded to the nearest 100 ns, the resolution of <see cref="TimeSpan"/>.
/// </summary>
internal static class DurationText
{
    public const string Forms = "with its unit, as 30m, 1h30m or 500ms (h, m, s, ms, us, ns), or hh:mm:ss";

    public static bool TryParse(string text, out TimeSpan value, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        if (text.Contains(':', StringComparison.Ordinal))
        {
            // The format "c" alone would take 1:30, which somebody meant as minutes and seconds, and white space around.
            value = default;
            bool isWhole = text.AsSpan().Count(':') == 2 && !text.Any(char.IsWhiteSpace);
            if (isWhole && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out value))
                return true;

            problem = "is not a time of the form hh:mm:ss with at most 23 hours, 59 minutes and 59 seconds";
            return false;
        }

        return TryParseUnits(text, out value, out problem);
    }

    /// <summary>The shortest exact text, in Go's units: <c>30m</c>, <c>1h0.5s</c>, <c>1.5ms</c>.</summary>
    public static string Format(TimeSpan value)
    {
        if (value == TimeSpan.Zero)
            return "0s";

        var text = new StringBuilder();
        decimal ticks = value.Ticks;
        if (ticks < 0)
        {
            text.Append('-');
            ticks = -ticks;
        }

        if (ticks < TimeSpan.TicksPerMillisecond)
            return Append(text, ticks / TimeSpan.TicksPerMicrosecond, "us").ToString();
        if (ticks < TimeSpan.TicksPerSecond)
            return Append(text, ticks / TimeSpan.TicksPerMillisecond, "ms").ToString();

        AppendWhole(text, ref ticks, TimeSpan.TicksPerHour, "h");
        AppendWhole(text, ref ticks, TimeSpan.TicksPerMinute, "m");
        if (ticks > 0)
            Append(text, ticks / TimeSpan.TicksPerSecond, "s");
        return text.ToString();
    }

    private static bool TryParseUnits(ReadOnlySpan<char> text, out TimeSpan value, [NotNullWhen(false)] out string? problem)
    {
        value = default;
        problem = "is not a duration";
        int sign = NumberText.TakeSign(ref text);
        if (text.IsEmpty)
            return false;

        decimal ticks = 0;
        while (!text.IsEmpty)
        {
            if (!NumberText.TryTake(ref text, out decimal number))
                return false;

            int next = text.IndexOfAnyInRange('0', '9');
            int point = text.IndexOf('.');
            int end = (next, point) switch
            {
                ( < 0, < 0) => text.Length,
                ( < 0, _) => point,
                (_, < 0) => next,
                _ => Math.Min(next, point),
            };

            if (end == 0)
            {
                problem = "has no unit";
                return false;
            }

            if (!TryGetTicks(text[..end], out decimal unit))
            {
                problem = "has an unknown unit";
                return false;
            }

            if (number > TimeSpan.MaxValue.Ticks / unit)
            {
                problem = "is too long";
                return false;
            }

            ticks += number * unit;
            text = text[end..];
        }

        ticks = Math.Round(sign * ticks, MidpointRounding.AwayFromZero);
        if (Math.Abs(ticks) > TimeSpan.MaxValue.Ticks)
        {
            problem = "is too long";
            return false;
        }

        problem = null;
        value = TimeSpan.FromTicks((long)ticks);
        return true;
    }

    private static bool TryGetTicks(ReadOnlySpan<char> unit, out decimal ticks)
    {
        ticks = unit switch
        {
            "ns" => 0.01m,
            "us" or "\u00b5s" or "\u03bcs" => TimeSpan.TicksPerMicrosecond, // the micro sign and the Greek letter, as Go
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            _ => 0,
        };
        return ticks > 0;
    }

    private static StringBuilder Append(StringBuilder text, decimal number, string unit) =>
        text.Append(number.ToString("0.#######", CultureInfo.InvariantCulture)).Append(unit);

    private static void AppendWhole(StringBuilder text, ref decimal ticks, long unitTicks, string unit)
    {
        decimal whole = Math.Floor(ticks / unitTicks);
        if (whole > 0)
            Append(text, whole, unit);
        ticks -= whole * unitTicks;
    }
}
