using Relay.Members;

namespace Relay;

/// <summary>
/// Members are those of any part: a static list beside an alive bucket, two networks that share a relay. Whether somebody is revoked is
/// each part's own affair; to deny whatever other parts say, use an <see cref="ExceptMembershipSource"/>. Immutable and thread-safe.
/// </summary>
/// <param name="parts">The parts, one or more.</param>
/// <exception cref="ArgumentException">There is no part, or one is null.</exception>
public sealed class UnionMembershipSource(params IEnumerable<IMembershipSource> parts) : CombinedMembershipSource(parts)
{
    /// <summary>Sightings when a part is: the bootstrap window of one is that of the whole.</summary>
    public override MembershipKind Kind =>
        Parts.Any(static part => part.Kind == MembershipKind.Sightings) ? MembershipKind.Sightings : MembershipKind.Authoritative;

    /// <summary>The parts.</summary>
    public override string ToString() => $"({string.Join(" or ", Parts)})";

    internal override PeerSet Combine(IReadOnlyList<PeerSet> sets) => sets.Aggregate(static (all, next) => all.Or(next));
}
