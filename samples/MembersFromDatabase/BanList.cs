using System.Collections.Frozen;
using Relay.Circuit;
using Relay.Multiformats;

namespace MembersFromDatabase;

#region acl
/// <summary>Access control of our own: whoever is banned neither reserves nor connects. Asked on many threads at once, and must not block.</summary>
internal sealed class BanList : IRelayAclFilter
{
    private volatile FrozenSet<PeerId> _banned = FrozenSet<PeerId>.Empty;

    public void Replace(IEnumerable<PeerId> banned) => _banned = banned.ToFrozenSet();

    public AclVerdict AllowReserve(PeerId peer, Multiaddress address) => Judge(peer);

    public AclVerdict AllowConnect(PeerId source, Multiaddress sourceAddress, PeerId destination) => Judge(source);

    private AclVerdict Judge(PeerId peer) => _banned.Contains(peer) ? AclVerdict.Deny("banned") : AclVerdict.Allow();
}
#endregion
