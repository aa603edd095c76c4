using System.Collections.Immutable;
using Relay.Circuit;
using Relay.Multiformats;

namespace Relay.Benchmarks.Acl;

/// <summary>A persistent set: a change shares most of the tree with what was before, and a lookup walks it.</summary>
internal sealed class ImmutableHashSetAcl : IRelayAclFilter
{
    private ImmutableHashSet<PeerId> _members = [];

    public AclVerdict AllowReserve(PeerId peer, Multiaddress address) => Volatile.Read(ref _members).Contains(peer);

    public AclVerdict AllowConnect(PeerId source, Multiaddress sourceAddress, PeerId destination) => true;

    public void Replace(PeerId[] members)
    {
        HashSet<PeerId> next = [.. members];
        ImmutableHashSet<PeerId> current = _members;
        Volatile.Write(ref _members, current.Except(current.Where(peer => !next.Contains(peer))).Union(next));
    }
}
