using Relay.Members;

namespace Relay;

/// <summary>
/// Members are those of every part at once: known to the inventory <em>and</em> alive. During the bootstrap window of a part that sights,
/// the others decide. Immutable and thread-safe.
/// </summary>
/// <param name="parts">The parts, one or more.</param>
/// <exception cref="ArgumentException">There is no part, or one is null.</exception>
public sealed class IntersectionMembershipSource(params IEnumerable<IMembershipSource> parts) : CombinedMembershipSource(parts)
{
    /// <summary>Sightings when all parts are; one authoritative part bounds the others' bootstrap windows.</summary>
    public override MembershipKind Kind =>
        Parts.All(static part => part.Kind == MembershipKind.Sightings) ? MembershipKind.Sightings : MembershipKind.Authoritative;

    /// <summary>The parts.</summary>
    public override string ToString() => $"({string.Join(" and ", Parts)})";

    internal override PeerSet Combine(IReadOnlyList<PeerSet> sets) => sets.Aggregate(static (all, next) => all.And(next));
}
