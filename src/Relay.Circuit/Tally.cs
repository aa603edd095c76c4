using System.Runtime.InteropServices;

namespace Relay.Circuit;

/// <summary>Counts per key. A key whose count is back to zero takes no room. Not thread-safe.</summary>
internal sealed class Tally<TKey>
    where TKey : notnull
{
    private readonly Dictionary<TKey, int> _counts = [];

    /// <summary>How many keys have a count above zero.</summary>
    public int Keys => _counts.Count;

    public int this[TKey key] => _counts.GetValueOrDefault(key);

    public void Increment(TKey key) => CollectionsMarshal.GetValueRefOrAddDefault(_counts, key, out _)++;

    public void Decrement(TKey key)
    {
        ref int count = ref CollectionsMarshal.GetValueRefOrNullRef(_counts, key);
        if (--count == 0)
            _counts.Remove(key);
    }

    public void Clear() => _counts.Clear();
}
