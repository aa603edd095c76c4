namespace Relay.Circuit.Wire;

/// <summary>Times on the wire: whole seconds since 1970, UTC.</summary>
internal static class UnixTime
{
    private static readonly ulong MaxSeconds = (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    public static bool TryFromSeconds(ulong seconds, out DateTimeOffset time)
    {
        bool possible = seconds <= MaxSeconds;
        time = possible ? DateTimeOffset.FromUnixTimeSeconds((long)seconds) : default;
        return possible;
    }

    /// <summary>The start of the second <paramref name="time"/> falls into.</summary>
    public static DateTimeOffset Floor(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
