using System.Globalization;

namespace Relay.Members;

/// <summary>Times as RFC 3339 writes them: a date, a time, up to any number of fractional digits, and an offset that must be there.</summary>
internal static class Rfc3339
{
    private const int WholeSeconds = 19; // 2026-08-12T13:29:21
    private const int KnownDigits = 7; // of a second: a tick; more are cut off

    private static readonly string[] Forms =
    [
        "yyyy-MM-dd'T'HH:mm:ss'Z'",
        "yyyy-MM-dd'T'HH:mm:sszzz",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
    ];

    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset time)
    {
        if (text.Length > WholeSeconds + 1 + KnownDigits && text[WholeSeconds] == '.')
        {
            int digits = text[(WholeSeconds + 1)..].IndexOfAnyExceptInRange('0', '9');
            if (digits > KnownDigits && text.Length < 64)
                text = string.Concat(text[..(WholeSeconds + 1 + KnownDigits)], text[(WholeSeconds + 1 + digits)..]);
        }

        return DateTimeOffset.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
    }
}
