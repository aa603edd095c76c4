namespace Relay.Settings;

/// <summary>One layer of a configuration section, as one provider sees it. Paths are below the section.</summary>
internal abstract class ValueSource
{
    /// <summary>What the operator calls the layer: a file, or a kind of source.</summary>
    public abstract string Name { get; }

    /// <summary>What of the layer must not be gone after a reload: nobody means to go back to the defaults, which may be wider.</summary>
    public virtual IEnumerable<string> Holdings => ChildrenOf(string.Empty).Count > 0 ? [Name] : [];

    /// <summary>Whether an empty list comes as an empty text, as from JSON's <c>[]</c>.</summary>
    public virtual bool WritesEmptyLists => false;

    /// <summary>Looks up the value of one path; it may be there and null.</summary>
    public abstract bool TryGet(string path, out string? value);

    /// <summary>The names right below a path, each once, items of a list in order.</summary>
    public abstract IReadOnlyList<string> ChildrenOf(string path);

    /// <summary>What the operator calls the place that has this path: a file, a variable or a flag.</summary>
    public abstract string NameOf(string path);

    /// <summary>Whether anything is there, be it a null.</summary>
    public bool Has(string path) => TryGet(path, out _) || ChildrenOf(path).Count > 0;

    public static string Combine(string path, string name) => path.Length == 0 ? name : $"{path}:{name}";
}
