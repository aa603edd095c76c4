namespace Relay;

/// <summary>Compares two lists of options.</summary>
internal static class NodeOptionChanges
{
    /// <exception cref="ArgumentException">An option of one kind is there twice.</exception>
    public static void ThrowIfTwice(IEnumerable<NodeOption> options, string name)
    {
        if (options.GroupBy(static option => option.GetType()).FirstOrDefault(static same => same.Count() > 1) is { } twice)
            throw new ArgumentException($"The options have {twice.Count()} of the kind {twice.Key.Name}; one is the most.", name);
    }

    /// <summary>What is another value in <paramref name="after"/> than in <paramref name="before"/>; each option at most once in either.</summary>
    public static IEnumerable<OptionChange> Between(IReadOnlyList<NodeOption> before, IReadOnlyList<NodeOption> after)
    {
        foreach (Type kind in before.Concat(after).Select(static option => option.GetType()).Distinct())
        {
            NodeOption? old = before.FirstOrDefault(option => option.GetType() == kind);
            NodeOption? @new = after.FirstOrDefault(option => option.GetType() == kind);
            if (old is null || @new is null)
            {
                yield return new OptionChange(kind.Name, "", old?.ToString(), @new?.ToString(), IsApplied: false);
                continue;
            }

            foreach ((string name, string oldValue, string newValue) in old.Describe().Zip(@new.Describe(), static (a, b) => (a.Name, a.Value, b.Value)))
            {
                if (oldValue != newValue)
                    yield return new OptionChange(kind.Name, name, oldValue, newValue, old.IsLive(name));
            }
        }
    }
}
