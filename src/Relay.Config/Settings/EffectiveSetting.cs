namespace Relay.Settings;

/// <summary>A setting, the value that it has, and where that came from.</summary>
/// <param name="Setting">The setting.</param>
/// <param name="Value">The value, as text that the path accepts; empty when it is an empty list or no file.</param>
/// <param name="Source">The file, variable or flag; null for the default.</param>
public sealed record EffectiveSetting(Setting Setting, string Value, string? Source)
{
    /// <summary>On one line: <c>Connection:RelayService:MaxData = 1GiB (appsettings.json)</c>.</summary>
    public override string ToString() => $"{Setting.Path} = {(Value.Length > 0 ? Value : Setting.WhenEmpty)} ({Source ?? "default"})";
}
