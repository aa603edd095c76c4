using System.Runtime.InteropServices;

namespace Relay.Circuit;

/// <summary>Counts per key. A key whose count is back to zero takes no room. Not thread-safe.</summary>
internal sealed class Tally<TKey>(IEqualityComparer<TKey>? comparer = null)
    where TKey : notnull
{
    private readonly Dictionary<TKey, int> _counts = new(comparer);

    /// <summary>How many keys have a count above zero.</summary>
    public int Keys => _counts.Count;

    /// <summary>The sum of all counts; goes through them all.</summary>
    public int Sum => _counts.Values.Sum();

    /// <summary>How often a count was looked at or changed: what the work of a decision is measured by.</summary>
    public long Visits { get; private set; }

    public int this[TKey key]
    {
        get
        {
            Visits++;
            return _counts.GetValueOrDefault(key);
        }
    }

    public void Increment(TKey key)
    {
        Visits++;
        CollectionsMarshal.GetValueRefOrAddDefault(_counts, key, out _)++;
    }

    public void Decrement(TKey key)
    {
        Visits++;
        ref int count = ref CollectionsMarshal.GetValueRefOrNullRef(_counts, key);
        if (--count == 0)
            _counts.Remove(key);
    }

    public void Clear() => _counts.Clear();
}
