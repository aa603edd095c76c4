namespace Relay;

/// <summary>One value that is another in new options of a node than in those in force.</summary>
/// <param name="Option">The name of the option, as <c>RelayServiceOption</c>.</param>
/// <param name="Name">The name of the value in it, as <c>MaxData</c>; empty when the whole option came or went.</param>
/// <param name="Old">The value in force, as text; null when the option was not there.</param>
/// <param name="New">The new value, as text; null when the option is no longer there.</param>
/// <param name="IsApplied">Whether the new value is in force now; false when it needs a new node.</param>
public sealed record OptionChange(string Option, string Name, string? Old, string? New, bool IsApplied)
{
    /// <summary>The change on one line: <c>RelayServiceOption.MaxData: 1GiB -> 2GiB</c>.</summary>
    public override string ToString() =>
        $"{Option}{(Name.Length > 0 ? "." : "")}{Name}: {Old ?? "none"} -> {New ?? "none"}{(IsApplied ? "" : " (needs a restart)")}";
}
