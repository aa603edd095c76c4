using Relay.Settings;

namespace Relay.Hosting;

/// <summary>The value that each setting has in force, as text: what a node was built with, and what it has taken since. Not thread-safe.</summary>
internal sealed class SettingsInForce(HostSettings settings)
{
    private readonly Dictionary<Setting, string> _values = SettingsTable.Rows.ToDictionary(static row => row, row => row.FormatAtPath(settings));

    /// <summary>Takes what a running node has taken of other settings.</summary>
    /// <param name="wanted">The other settings.</param>
    /// <param name="changes">What the node said of them.</param>
    /// <param name="options">The options that the node has now.</param>
    /// <returns>Each setting that is wanted otherwise than it was, and what comes of it.</returns>
    public IReadOnlyList<(Setting Setting, string Old, string New, SettingEffect Effect)> Take(
        HostSettings wanted, IReadOnlyList<OptionChange> changes, IReadOnlyList<NodeOption> options)
    {
        // What comes or goes as a whole needs a new node, and so does everything in it.
        HashSet<string> cameOrWent = [.. changes.Where(static change => change.Name.Length == 0).Select(static change => change.Option)];
        HashSet<Type> kinds = [typeof(HostSettings), .. options.Select(static option => option.GetType())];
        var differences = new List<(Setting, string, string, SettingEffect)>();
        foreach (Setting row in SettingsTable.Rows)
        {
            (string old, string @new) = (_values[row], row.FormatAtPath(wanted));
            if (old == @new)
                continue;
            SettingEffect effect = row.LiveIn is not { } option || cameOrWent.Contains(option.Name) ? SettingEffect.NeedsRestart
                : kinds.Contains(option) ? SettingEffect.Taken
                : SettingEffect.NotInUse;
            differences.Add((row, old, @new, effect));
            if (effect != SettingEffect.NeedsRestart)
                _values[row] = @new;
        }

        return differences;
    }
}
