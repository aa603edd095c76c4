using Relay.Circuit;
using Relay.Multiformats;

namespace Relay;

/// <summary>Admits who both filters admit; the first refusal is the answer.</summary>
internal sealed class BothAcl(IRelayAclFilter first, IRelayAclFilter second) : IRelayAclFilter
{
    public AclVerdict AllowReserve(PeerId peer, Multiaddress address)
    {
        AclVerdict verdict = first.AllowReserve(peer, address);
        return verdict.IsAllowed ? second.AllowReserve(peer, address) : verdict;
    }

    public AclVerdict AllowConnect(PeerId source, Multiaddress sourceAddress, PeerId destination)
    {
        AclVerdict verdict = first.AllowConnect(source, sourceAddress, destination);
        return verdict.IsAllowed ? second.AllowConnect(source, sourceAddress, destination) : verdict;
    }
}
