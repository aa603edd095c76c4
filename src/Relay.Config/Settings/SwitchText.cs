namespace Relay.Settings;

/// <summary>Booleans as text, in the forms of Go's <c>strconv.ParseBool</c> and no others.</summary>
internal static class SwitchText
{
    public static bool TryParse(string text, out bool value)
    {
        value = text is "1" or "t" or "T" or "true" or "TRUE" or "True";
        return value || text is "0" or "f" or "F" or "false" or "FALSE" or "False";
    }

    public static string Format(bool value) => value ? "true" : "false";
}
