using System.Collections.Immutable;

namespace Relay.Members;

/// <summary>What is known of one source. The mutable part of a <see cref="SourceReader"/>, replaced as a whole.</summary>
internal sealed record SourceState
{
    /// <summary>When the source took its last good snapshot, by its clock.</summary>
    public DateTimeOffset? TakenAt { get; init; }

    /// <summary>When the last good snapshot came.</summary>
    public DateTimeOffset? RefreshedAt { get; init; }

    /// <summary>The same, on the clock that does not jump.</summary>
    public TimeSpan? KnownSince { get; init; }

    /// <summary>Of sightings, when another peer than the node itself was last among them, on that clock.</summary>
    public TimeSpan? SeenSince { get; init; }

    /// <summary>Whether good answers come, and for too long nobody was seen in them.</summary>
    public bool IsSilent { get; init; }

    /// <summary>Why the last read failed; null when it did not.</summary>
    public MembershipException? LastError { get; init; }

    /// <summary>Failed reads in a row.</summary>
    public int Failures { get; init; }

    /// <summary>Failed reads in all.</summary>
    public long Errors { get; init; }

    /// <summary>The entries of the last good snapshot that could not be read.</summary>
    public ImmutableArray<InvalidMember> Invalid { get; init; } = [];

    /// <summary>What the last look at sightings came to.</summary>
    public Look Look { get; init; }
}
