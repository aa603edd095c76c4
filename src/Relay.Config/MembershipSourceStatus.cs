using System.Collections.Immutable;

namespace Relay;

/// <summary>How a node stands with one membership source, or one part of a combined one: an immutable picture of one moment.</summary>
public sealed record MembershipSourceStatus
{
    internal MembershipSourceStatus()
    {
    }

    /// <summary>The source.</summary>
    public required IMembershipSource Source { get; init; }

    /// <summary>When the source took its last good snapshot, by its own clock; null before the first.</summary>
    public DateTimeOffset? TakenAt { get; internal init; }

    /// <summary>When the node last got a good snapshot, whether or not anything had changed in it; null before the first.</summary>
    public DateTimeOffset? RefreshedAt { get; internal init; }

    /// <summary>Why the last read failed; null when it did not.</summary>
    public MembershipException? LastError { get; internal init; }

    /// <summary>How many reads have failed since the node was built.</summary>
    public long Errors { get; internal init; }

    /// <summary>The entries of the last good snapshot that could not be read, as the source reports them.</summary>
    public ImmutableArray<InvalidMember> Invalid { get; internal init; } = [];

    /// <summary>Sightings in the last snapshot that are older than <see cref="MembershipConfig.MaxAge"/> and do not count.</summary>
    public int Stale { get; internal init; }

    /// <summary>Sightings in the last snapshot that lie too far in the future (<see cref="MembershipConfig.MaxClockSkew"/>) and do not count.</summary>
    public int Future { get; internal init; }

    /// <summary>Members not seen for too long who stay because too many would leave at once (<see cref="MembershipConfig.MaxShrinkPercent"/>).</summary>
    public int HeldBack { get; internal init; }
}
