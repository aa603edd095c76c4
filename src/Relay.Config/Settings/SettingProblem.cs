namespace Relay.Settings;

/// <summary>What is wrong with a value.</summary>
/// <param name="Value">The value, as text on one line; of a list, the item.</param>
/// <param name="Rule">What it breaks.</param>
/// <param name="Index">Of a list, the index of the item.</param>
internal readonly record struct SettingProblem(string Value, string Rule, int? Index = null)
{
    /// <summary>The rule, with the item it is about when the value is a list.</summary>
    public string Describe() => Index is null ? Rule : $"has {Value}, which {Rule}";
}
