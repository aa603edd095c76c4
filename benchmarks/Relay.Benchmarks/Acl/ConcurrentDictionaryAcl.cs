using System.Collections.Concurrent;
using Relay.Circuit;
using Relay.Multiformats;

namespace Relay.Benchmarks.Acl;

/// <summary>A concurrent table that is changed in place. Readers never wait, and may see half of a change.</summary>
internal sealed class ConcurrentDictionaryAcl : IRelayAclFilter
{
    private readonly ConcurrentDictionary<PeerId, bool> _members = new();

    public AclVerdict AllowReserve(PeerId peer, Multiaddress address) => _members.ContainsKey(peer);

    public AclVerdict AllowConnect(PeerId source, Multiaddress sourceAddress, PeerId destination) => true;

    public void Replace(PeerId[] members)
    {
        HashSet<PeerId> next = [.. members];
        foreach (PeerId gone in _members.Keys.Where(peer => !next.Contains(peer)))
            _members.TryRemove(gone, out _);
        foreach (PeerId peer in members)
            _members.TryAdd(peer, true);
    }
}
