using Relay.Circuit;
using Relay.Multiformats;

namespace Relay.Benchmarks.Acl;

/// <summary>A plain set under a lock: what one writes first.</summary>
internal sealed class LockedHashSetAcl : IRelayAclFilter
{
    private readonly Lock _lock = new();
    private HashSet<PeerId> _members = [];

    public AclVerdict AllowReserve(PeerId peer, Multiaddress address)
    {
        lock (_lock)
            return _members.Contains(peer);
    }

    public AclVerdict AllowConnect(PeerId source, Multiaddress sourceAddress, PeerId destination) => true;

    public void Replace(PeerId[] members)
    {
        HashSet<PeerId> next = [.. members];
        lock (_lock)
            _members = next;
    }
}
