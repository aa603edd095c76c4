namespace Relay.Circuit;

/// <summary>What every <see cref="RateTable{TKey}"/> keeps to.</summary>
internal static class RateTable
{
    /// <summary>How many entries are remembered, over all keys; when there are more, the oldest is forgotten early: the bound costs exactness, not service.</summary>
    public const int MaxRemembered = 100_000;

    /// <summary>How many entries a key has in a period.</summary>
    public const int Grains = 64;
}
