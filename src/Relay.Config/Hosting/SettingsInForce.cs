using Relay.Settings;

namespace Relay.Hosting;

/// <summary>The value that each setting has in force, as text: what a node was built with, and what it has taken since. Not thread-safe.</summary>
internal sealed class SettingsInForce(HostSettings settings)
{
    private readonly Dictionary<Setting, string> _values = SettingsTable.Rows.ToDictionary(static row => row, row => row.FormatAtPath(settings));

    /// <summary>Takes what a running node has taken of other settings.</summary>
    /// <param name="wanted">The other settings.</param>
    /// <param name="changes">What the node said of them.</param>
    /// <returns>Each setting that is wanted otherwise than it was in force, and whether it is in force now.</returns>
    public IReadOnlyList<(Setting Setting, string Old, string New, bool IsTaken)> Take(HostSettings wanted, IReadOnlyList<OptionChange> changes)
    {
        // What comes or goes as a whole needs a new node, and so does everything in it.
        HashSet<string> cameOrWent = [.. changes.Where(static change => change.Name.Length == 0).Select(static change => change.Option)];
        var differences = new List<(Setting, string, string, bool)>();
        foreach (Setting row in SettingsTable.Rows)
        {
            (string old, string @new) = (_values[row], row.FormatAtPath(wanted));
            if (old == @new)
                continue;
            bool isTaken = row.LiveIn is { } option && !cameOrWent.Contains(option.Name);
            differences.Add((row, old, @new, isTaken));
            if (isTaken)
                _values[row] = @new;
        }

        return differences;
    }
}
