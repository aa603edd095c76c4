namespace Relay.Settings;

/// <summary>What is wrong with a value.</summary>
/// <param name="Value">The value, as text; of a list, the item.</param>
/// <param name="Rule">What it breaks.</param>
/// <param name="Index">Of a list, the index of the item.</param>
internal readonly record struct SettingProblem(string? Value, string Rule, int? Index = null);
