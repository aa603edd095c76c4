namespace Relay.Settings;

/// <summary>Finds the name that somebody probably meant.</summary>
internal static class NearestName
{
    private const int MaxLength = 80; // longer ones are no typing mistakes, and cost

    /// <summary>The known name with the fewest changes to <paramref name="name"/>; null when none is near.</summary>
    public static string? Find(string name, IEnumerable<string> known)
    {
        if (name.Length > MaxLength)
            return null;

        (string Name, int Distance)? nearest = null;
        foreach (string candidate in known)
        {
            int distance = Distance(name, candidate);
            if (nearest is null || distance < nearest.Value.Distance)
                nearest = (candidate, distance);
        }

        return nearest is { } found && found.Distance <= Math.Max(2, name.Length / 3) ? found.Name : null;
    }

    /// <summary>How many characters must be inserted, deleted or replaced to make one text of the other (Levenshtein), in any case.</summary>
    public static int Distance(ReadOnlySpan<char> from, ReadOnlySpan<char> to)
    {
        Span<int> row = new int[to.Length + 1];
        for (int j = 0; j < row.Length; j++)
            row[j] = j;

        for (int i = 1; i <= from.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.Length; j++)
            {
                int replaced = diagonal + (char.ToUpperInvariant(from[i - 1]) == char.ToUpperInvariant(to[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
