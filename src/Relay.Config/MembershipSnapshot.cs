using System.Collections.Immutable;

namespace Relay;

/// <summary>Who the members of the network were at one time, as a source saw it. Immutable.</summary>
public sealed class MembershipSnapshot
{
    /// <summary>Creates a snapshot.</summary>
    /// <param name="kind">What the snapshot means; the same as the <see cref="IMembershipSource.Kind"/> of its source.</param>
    /// <param name="takenAt">When it was taken.</param>
    /// <param name="members">
    /// The entries, in any order; copied, unless it is an <see cref="ImmutableArray{T}"/>. A source that returns the same array again says
    /// that nothing changed, and spares the comparison.
    /// </param>
    /// <param name="invalid">Entries that could not be read, when the source has such.</param>
    /// <exception cref="ArgumentException">An entry has no peer id.</exception>
    public MembershipSnapshot(
        MembershipKind kind, DateTimeOffset takenAt, IEnumerable<Member> members, IEnumerable<InvalidMember>? invalid = null)
    {
        ArgumentNullException.ThrowIfNull(members);
        Kind = kind;
        TakenAt = takenAt;
        Members = members.ToImmutableArray();
        Invalid = invalid?.ToImmutableArray() ?? [];
        foreach (Member member in Members)
        {
            if (member.PeerId is null)
                throw new ArgumentException("A member has no peer id.", nameof(members));
        }
    }

    /// <summary>What the snapshot means.</summary>
    public MembershipKind Kind { get; }

    /// <summary>When it was taken.</summary>
    public DateTimeOffset TakenAt { get; }

    /// <summary>The entries, revoked ones included.</summary>
    public ImmutableArray<Member> Members { get; }

    /// <summary>The entries that could not be read. A snapshot that has these and no members is unusable and not applied.</summary>
    public ImmutableArray<InvalidMember> Invalid { get; }
}
