using System.Collections.Immutable;

namespace Relay;

/// <summary>How a node stands with the members of its network: an immutable picture of one moment.</summary>
public sealed record MembershipStatus
{
    internal MembershipStatus()
    {
    }

    /// <summary>Whether the bootstrap window is open, so that everyone may reserve.</summary>
    public bool IsWindowOpen { get; internal init; }

    /// <summary>How long it has been open since the node was started; null when it is closed, or the node does not run.</summary>
    public TimeSpan? WindowOpenFor { get; internal init; }

    /// <summary>How many members there are; zero while the window is open.</summary>
    public int MemberCount { get; internal init; }

    /// <summary>
    /// When the source took the last snapshot that was good, by the source's clock; null before the first. Of a combined source this,
    /// <see cref="RefreshedAt"/> and <see cref="Age"/> are those of the part that is furthest behind.
    /// </summary>
    public DateTimeOffset? TakenAt { get; internal init; }

    /// <summary>When the node last got a good snapshot, whether or not anything had changed in it; null before the first.</summary>
    public DateTimeOffset? RefreshedAt { get; internal init; }

    /// <summary>When the members last changed; null before the first time.</summary>
    public DateTimeOffset? ChangedAt { get; internal init; }

    /// <summary>
    /// How old what the node knows is now: the time that has passed since the last good snapshot, or since the start when there was none,
    /// whatever the wall clock did meanwhile. Null before the first start, and without a source.
    /// </summary>
    public TimeSpan? Age { get; internal init; }

    /// <summary>
    /// How long no peer other than this node has been seen by a source that sights, of several the longest; null when there is none, or before the first
    /// sighting. The members stay however long it lasts: longer than <see cref="MembershipConfig.MaxAge"/>, the source has more likely lost its network.
    /// </summary>
    public TimeSpan? Silence { get; internal init; }

    /// <summary>Why the last refresh failed; null when it did not. The members are then those of <see cref="TakenAt"/>.</summary>
    public MembershipException? LastError { get; internal init; }

    /// <summary>How many reads have failed since the node was built.</summary>
    public long SourceErrors { get; internal init; }

    /// <summary>How many members have joined since the node was built.</summary>
    public long Joined { get; internal init; }

    /// <summary>How many have left since then: no longer named by an authoritative source, or not seen for too long.</summary>
    public long Left { get; internal init; }

    /// <summary>How many were explicitly revoked since then.</summary>
    public long Revoked { get; internal init; }

    /// <summary>
    /// The entries of the last good snapshot that could not be read, as the source reports them (a file: the first hundred lines).
    /// </summary>
    public ImmutableArray<InvalidMember> Invalid { get; internal init; } = [];

    /// <summary>
    /// Members not seen for too long who stay because too many would leave at once (<see cref="MembershipConfig.MaxShrinkPercent"/>).
    /// </summary>
    public int HeldBack { get; internal init; }

    /// <summary>What <see cref="Age"/> counts from, on the clock that does not jump.</summary>
    internal TimeSpan? KnownSince { get; init; }

    /// <summary>What <see cref="Silence"/> counts from.</summary>
    internal TimeSpan? SeenSince { get; init; }

    /// <summary>Each source that is read: one, or the parts of a combined one.</summary>
    public ImmutableArray<MembershipSourceStatus> Sources { get; internal init; } = [];
}
