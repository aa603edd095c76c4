namespace Relay.Circuit;

/// <summary>
/// How often something may happen: at most so many times in any stretch of so much time, wherever the stretch begins. Above 64 times, what has happened is forgotten
/// by up to a 64th of the stretch later than it could be, so that remembering it stays small.
/// </summary>
/// <param name="Count">How many times; from 1 to 1 000 000.</param>
/// <param name="Period">The length of the stretch; from 1 second to 1 day.</param>
public readonly record struct Rate(int Count, TimeSpan Period)
{
    /// <summary>The most that <see cref="Count"/> may be.</summary>
    public const int MaxCount = 1_000_000;

    /// <summary>The least that <see cref="Period"/> may be.</summary>
    public static readonly TimeSpan MinPeriod = TimeSpan.FromSeconds(1);

    /// <summary>The most that <see cref="Period"/> may be.</summary>
    public static readonly TimeSpan MaxPeriod = TimeSpan.FromDays(1);

    internal bool IsInRange => Count is >= 1 and <= MaxCount && Period >= MinPeriod && Period <= MaxPeriod;

    /// <summary>The rate, as <c>30 per 00:01:00</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{Count} per {Period}");
}
