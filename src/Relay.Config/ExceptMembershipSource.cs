using Relay.Members;

namespace Relay;

/// <summary>
/// Members are those of one source that are not in another: a deny list, and deny wins, during the bootstrap window as well. While what is
/// denied has never been read, nobody is a member. Immutable and thread-safe.
/// </summary>
/// <param name="members">Who is a member.</param>
/// <param name="denied">Who is none, whatever <paramref name="members"/> says.</param>
/// <exception cref="ArgumentException">One of the two is null.</exception>
public sealed class ExceptMembershipSource(IMembershipSource members, IMembershipSource denied) : CombinedMembershipSource([members, denied])
{
    /// <summary>The kind of the members' source.</summary>
    public override MembershipKind Kind => Parts[0].Kind;

    /// <summary>The two sources.</summary>
    public override string ToString() => $"({Parts[0]} except {Parts[1]})";

    internal override Polarity PolarityOf(int part, Polarity whole) => part == 0 ? whole
        : whole == Polarity.Negative ? Polarity.Positive
        : Polarity.Negative;

    // Left out is word enough where a snapshot is the truth; where it is sightings, who is left out may have been seen before.
    private protected override IEnumerable<Member> RevokedIn(IReadOnlyList<MembershipSnapshot> snapshots) =>
        base.RevokedIn([snapshots[0]])
            .Concat(Kind == MembershipKind.Authoritative ? [] : MembersOf(snapshots[1]).Select(static peer => new Member(peer, Revoked: true)));

    internal override PeerSet Combine(IReadOnlyList<PeerSet> sets) => sets[0].Except(sets[1]);
}
