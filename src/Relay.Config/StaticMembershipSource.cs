using System.Collections.Immutable;
using Relay.Multiformats;

namespace Relay;

/// <summary>Members that are known when the node is built and never change. Authoritative. Immutable and thread-safe.</summary>
public sealed class StaticMembershipSource : IMembershipSource
{
    private readonly ImmutableArray<Member> _members;
    private readonly TimeProvider _timeProvider;

    /// <summary>Creates the source.</summary>
    /// <param name="members">The members, copied; empty means nobody.</param>
    /// <param name="timeProvider">Stamps the snapshots; the system's when null.</param>
    /// <exception cref="ArgumentException">A member is null.</exception>
    public StaticMembershipSource(IEnumerable<PeerId> members, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(members);
        _members = [.. members.Select(peer => new Member(peer ?? throw new ArgumentException("A member is null.", nameof(members))))];
        _timeProvider = timeProvider ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    public ValueTask<MembershipSnapshot> ReadAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(new MembershipSnapshot(MembershipKind.Authoritative, _timeProvider.GetUtcNow(), _members));

    /// <summary>How many there are.</summary>
    public override string ToString() => $"list of {_members.Length} members";
}
