using System.Diagnostics.CodeAnalysis;

namespace Relay.Settings;

/// <summary>Reads the numbers in front of units: digits with an optional fraction, exactly.</summary>
internal static class NumberText
{
    public const string LeadingZero = "has a leading zero, which is read as decimal or as octal";

    private const decimal Huge = 1e20m; // above every long: larger numbers are all read as this one
    private const int MaxFractionDigits = 18;

    /// <summary>
    /// Takes a number from the front of <paramref name="text"/>: <c>12</c>, <c>1.5</c>, <c>.5</c> or <c>5.</c>, as Go does.
    /// </summary>
    /// <returns>False, with nothing taken, when there is no digit.</returns>
    public static bool TryTake(ref ReadOnlySpan<char> text, out decimal number)
    {
        int whole = CountDigits(text);
        ReadOnlySpan<char> rest = text[whole..];
        int fraction = rest is ['.', ..] ? CountDigits(rest[1..]) : 0;
        number = 0;
        if (whole + fraction == 0)
            return false;

        foreach (char digit in text[..whole])
            number = Math.Min((number * 10) + (digit - '0'), Huge);

        decimal unit = 0.1m;
        foreach (char digit in rest.Slice(Math.Min(1, rest.Length), Math.Min(fraction, MaxFractionDigits)))
        {
            number += (digit - '0') * unit;
            unit /= 10;
        }

        text = rest is ['.', ..] ? rest[(fraction + 1)..] : rest;
        return true;
    }

    /// <summary>Takes a sign from the front of <paramref name="text"/>.</summary>
    /// <returns>-1 or 1.</returns>
    public static int TakeSign(ref ReadOnlySpan<char> text)
    {
        if (text is not ['-' or '+', ..])
            return 1;

        int sign = text[0] == '-' ? -1 : 1;
        text = text[1..];
        return sign;
    }

    /// <summary>Reads a whole number that is all of <paramref name="text"/>: digits with an optional sign.</summary>
    public static bool TryParseWhole(ReadOnlySpan<char> text, out decimal number, [NotNullWhen(false)] out string? problem)
    {
        int sign = TakeSign(ref text);
        problem = null;
        if (text.IsEmpty || CountDigits(text) != text.Length)
        {
            number = 0;
            problem = "is not a whole number";
            return false;
        }

        if (HasLeadingZero(text))
        {
            number = 0;
            problem = LeadingZero;
            return false;
        }

        TryTake(ref text, out number);
        number *= sign;
        return true;
    }

    /// <summary>Whether a number starts with a zero that means nothing to us, and base eight to Go's command lines.</summary>
    public static bool HasLeadingZero(ReadOnlySpan<char> text) => text is ['0', >= '0' and <= '9', ..];

    private static int CountDigits(ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text.Length : end;
    }
}
