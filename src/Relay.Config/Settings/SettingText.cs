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
    private const string Hidden = "(with credentials)";

    /// <summary>The value; or, where it may have credentials in it as <c>http://user:password@host</c> has, words that say so.</summary>
    public static string? WithoutSecrets(string? value) => value?.Contains('@', StringComparison.Ordinal) == true ? Hidden : value;

    /// <summary>Puts a value into quotes, without secrets, on one line and cut to a length that a log can bear.</summary>
    public static string Quote(string? text)
    {
        if (WithoutSecrets(text) is not { } value)
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
