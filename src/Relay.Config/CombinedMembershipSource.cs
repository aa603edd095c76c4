using System.Collections.Immutable;
using Relay.Members;
using Relay.Multiformats;

namespace Relay;

/// <summary>
/// A membership source that is made of others: a union, an intersection, or one without another. Immutable and thread-safe; the parts stay
/// the caller's to dispose. Parts may themselves be combined.
/// </summary>
/// <remarks>
/// <para>A node reads each part by itself, at its own pace, with its own time-out and back-off, and combines what it knows of each: ages and
/// grace are those of the parts that sight, and a part that fails keeps its last good members. So a failing part never widens the set:
/// what it forbids stays forbidden, and a part that was never read adds nobody.</para>
/// <para>While a part that sights has its bootstrap window open, it stands for everyone. A union with it is open, an intersection with it
/// is the other parts. What is taken away has no window: until it has been read, nobody is a member.</para>
/// </remarks>
public abstract class CombinedMembershipSource : IMembershipSource
{
    private protected CombinedMembershipSource(IEnumerable<IMembershipSource> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        Parts = [.. parts];
        if (Parts.IsEmpty)
            throw new ArgumentException("There is no part.", nameof(parts));
        if (Parts.Contains(null!))
            throw new ArgumentException("A part is null.", nameof(parts));
    }

    /// <summary>What it is made of.</summary>
    public ImmutableArray<IMembershipSource> Parts { get; }

    /// <summary>Sightings when it can have a bootstrap window, which depends on how it is combined; otherwise authoritative.</summary>
    public abstract MembershipKind Kind { get; }

    /// <summary>
    /// Combines snapshots of the parts, without a memory of earlier ones. A node does not use this; it is for code that reads sources itself, and for
    /// sources that wrap others. Who is denied is named as revoked, so that deny wins there, too.
    /// </summary>
    /// <exception cref="Exception">Whatever a part that cannot be read throws.</exception>
    public async ValueTask<MembershipSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        MembershipSnapshot[] snapshots =
            await Task.WhenAll(Parts.Select(part => part.ReadAsync(cancellationToken).AsTask())).ConfigureAwait(false);
        PeerSet combined = Combine([.. snapshots.Select((snapshot, part) => ToSet(snapshot, PolarityOf(part, Polarity.Open)))]);
        ILookup<PeerId, Member> seen = snapshots.SelectMany(static snapshot => snapshot.Members).Where(static entry => !entry.Revoked)
            .ToLookup(static entry => entry.PeerId);

        // While the window is open there are no members, but there may be some who are none.
        IEnumerable<Member> members = combined.IsComplement ? [] : combined.Peers.Select(peer => new Member(peer, Newest(seen[peer])));
        IEnumerable<Member> revoked = RevokedIn(snapshots).Where(entry => combined.Peers.Contains(entry.PeerId) == combined.IsComplement)
            .GroupBy(static entry => entry.PeerId, static (peer, entries) => new Member(peer, Newest(entries), Revoked: true));
        return new MembershipSnapshot(
            Kind,
            snapshots.Min(static snapshot => snapshot.TakenAt),
            members.Concat(revoked),
            snapshots.SelectMany(static snapshot => snapshot.Invalid));
    }

    /// <inheritdoc/>
    public IDisposable OnChanged(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        IDisposable[] subscriptions = [.. Parts.Select(part => part.OnChanged(callback))];
        return new Subscription(() => Array.ForEach(subscriptions, static subscription => subscription.Dispose()));
    }

    /// <summary>How the part at an index counts, given how the whole does.</summary>
    internal virtual Polarity PolarityOf(int part, Polarity whole) => whole;

    /// <summary>Combines the sets of the parts, in their order.</summary>
    internal abstract PeerSet Combine(IReadOnlyList<PeerSet> sets);

    /// <summary>Who is explicitly no member by one of the snapshots, as revocations.</summary>
    private protected virtual IEnumerable<Member> RevokedIn(IReadOnlyList<MembershipSnapshot> snapshots) =>
        snapshots.SelectMany(static snapshot => snapshot.Members).Where(static entry => entry.Revoked);

    /// <summary>The members of a snapshot: who is named and not revoked.</summary>
    private protected static HashSet<PeerId> MembersOf(MembershipSnapshot snapshot)
    {
        HashSet<PeerId> members = [.. snapshot.Members.Select(static entry => entry.PeerId)];
        members.ExceptWith(snapshot.Members.Where(static entry => entry.Revoked).Select(static entry => entry.PeerId));
        return members;
    }

    // No stamp means now.
    private static DateTimeOffset? Newest(IEnumerable<Member> entries) =>
        entries.Any(static entry => entry.LastSeen is null) ? null : entries.Max(static entry => entry.LastSeen);

    private static PeerSet ToSet(MembershipSnapshot snapshot, Polarity polarity)
    {
        HashSet<PeerId> members = MembersOf(snapshot);
        bool isOpen = snapshot.Kind == MembershipKind.Sightings && members.Count == 0 && polarity != Polarity.Negative;
        return isOpen
            ? PeerSet.AllBut(snapshot.Members.Where(static entry => entry.Revoked).Select(static entry => entry.PeerId))
            : PeerSet.Only(members);
    }
}
