using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Relay.Settings;

/// <summary>
/// Sizes as text: a plain number of bytes, or a number and a unit, binary (<c>KiB MiB GiB TiB</c>, powers of 1024) or decimal (<c>kB MB GB
/// TB</c>, powers of 1000), in any case. A bare <c>K</c> or <c>M</c> is refused: it is read both ways.
/// </summary>
internal static class SizeText
{
    public const string Forms = "plain (65536) or with a binary (KiB, MiB, GiB, TiB) or decimal (kB, MB, GB, TB) unit";

    private static readonly (string Unit, long Bytes)[] BinaryUnits =
        [("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10)];

    public static bool TryParse(string text, out long value, [NotNullWhen(false)] out string? problem)
    {
        value = 0;
        problem = "is not a size";
        ReadOnlySpan<char> rest = text;
        int sign = NumberText.TakeSign(ref rest);
        if (NumberText.HasLeadingZero(rest))
        {
            problem = NumberText.LeadingZero;
            return false;
        }

        if (!NumberText.TryTake(ref rest, out decimal number))
            return false;

        if (rest is [' ', not ' ', ..])
            rest = rest[1..];
        if (!TryGetBytes(rest, out decimal unit))
        {
            problem = "has an unknown unit";
            return false;
        }

        if (number > long.MaxValue / unit)
        {
            problem = "is too large";
            return false;
        }

        decimal bytes = number * unit;
        if (bytes != decimal.Floor(bytes))
        {
            problem = "is not a whole number of bytes";
            return false;
        }

        problem = null;
        value = (long)(sign * bytes);
        return true;
    }

    /// <summary>The exact text in the largest binary unit that divides the size: <c>1GiB</c>, <c>64KiB</c>, <c>1000</c>.</summary>
    public static string Format(long bytes)
    {
        foreach ((string unit, long size) in BinaryUnits)
        {
            if (bytes != 0 && bytes % size == 0)
                return (bytes / size).ToString(CultureInfo.InvariantCulture) + unit;
        }

        return bytes.ToString(CultureInfo.InvariantCulture);
    }

    private static bool TryGetBytes(ReadOnlySpan<char> unit, out decimal bytes)
    {
        Span<char> lower = stackalloc char[4];
        int length = unit.Length <= lower.Length ? unit.ToLowerInvariant(lower) : 0;
        bytes = length == 0 && unit.Length > 0 ? 0 : (ReadOnlySpan<char>)lower[..length] switch
        {
            "" or "b" => 1,
            "kib" => 1L << 10,
            "mib" => 1L << 20,
            "gib" => 1L << 30,
            "tib" => 1L << 40,
            "kb" => 1_000,
            "mb" => 1_000_000,
            "gb" => 1_000_000_000,
            "tb" => 1_000_000_000_000,
            _ => 0,
        };
        return bytes > 0;
    }
}
