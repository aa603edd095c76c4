using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Relay.Circuit;

namespace Relay.Settings;

/// <summary>Rates as text: a count and a duration with a slash between, as <c>30/1m</c>.</summary>
internal static class RateText
{
    public const string Forms = "as a count and a duration, 30/1m or 5/1h30m";

    public static bool TryParse(string text, out Rate value, [NotNullWhen(false)] out string? problem)
    {
        value = default;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            problem = "has no duration";
            return false;
        }

        if (!NumberText.TryParseWhole(text.AsSpan(0, slash), out decimal count, out _))
        {
            problem = "does not begin with a whole number";
            return false;
        }

        if (!DurationText.TryParse(text[(slash + 1)..], out TimeSpan period, out string? wrong))
        {
            problem = $"has a duration that {wrong}";
            return false;
        }

        // What an int cannot hold is out of range, and so is the nearest int.
        problem = null;
        value = new Rate((int)Math.Clamp(count, int.MinValue, int.MaxValue), period);
        return true;
    }

    /// <summary>The text that reads back as this rate: <c>30/1m</c>.</summary>
    public static string Format(Rate value) => string.Create(CultureInfo.InvariantCulture, $"{value.Count}/{DurationText.Format(value.Period)}");
}
