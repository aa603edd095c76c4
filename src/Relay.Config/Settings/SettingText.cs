using System.Text;

namespace Relay.Settings;

/// <summary>Words and quoting that the texts of settings share.</summary>
internal static class SettingText
{
    /// <summary>The one word that lifts a limit.</summary>
    public const string Unlimited = "unlimited";

    /// <summary>The one word that means that a list is empty.</summary>
    public const string None = "none";

    private const int MaxQuotedLength = 120;

    /// <summary>Puts a value into quotes, on one line and cut to a length that a log can bear.</summary>
    public static string Quote(string? value)
    {
        if (value is null)
            return "null";

        var quoted = new StringBuilder("\"");
        foreach (char c in value.AsSpan(0, Math.Min(value.Length, MaxQuotedLength)))
        {
            if (char.IsControl(c) || char.IsSurrogate(c))
                quoted.Append($"\\u{(int)c:x4}");
            else
                quoted.Append(c);
        }

        return quoted.Append(value.Length > MaxQuotedLength ? "...\"" : "\"").ToString();
    }
}
