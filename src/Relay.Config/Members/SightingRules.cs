using System.Collections.Frozen;
using Relay.Multiformats;

namespace Relay.Members;

/// <summary>What makes a sighting a member, and for how long. Documented at <see cref="MembershipConfig"/>.</summary>
internal sealed record SightingRules
{
    /// <summary>Members beyond this many are not taken in: whoever can write to an alive bucket could otherwise fill the memory.</summary>
    public const int MostMembers = 1_000_000;

    /// <summary>Longer than between any two times, and short enough to add others to it.</summary>
    public static readonly TimeSpan Forever = TimeSpan.MaxValue / 4;

    /// <summary>
    /// The node itself, and the one whose API is asked: they do not count towards <see cref="MinimumMembers"/>, nor as evidence of who is alive.
    /// </summary>
    public required FrozenSet<PeerId> Own { get; init; }

    public required TimeSpan MaxAge { get; init; }

    public required TimeSpan Grace { get; init; }

    public required TimeSpan MaxClockSkew { get; init; }

    public required int MaxShrinkPercent { get; init; }

    public required int MinimumMembers { get; init; }

    public int MaxMembers { get; init; } = MostMembers;

    public static SightingRules From(NetworkOnlyOption option, params IEnumerable<PeerId> own) => new()
    {
        Own = own.ToFrozenSet(),
        MaxAge = option.MaxAge,
        Grace = option.Grace,
        MaxClockSkew = option.MaxClockSkew,
        MaxShrinkPercent = option.MaxShrinkPercent,
        MinimumMembers = option.MinimumMembers,
    };
}
