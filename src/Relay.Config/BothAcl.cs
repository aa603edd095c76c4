using Relay.Circuit;
using Relay.Multiformats;

namespace Relay;

/// <summary>Admits who both filters admit; the first refusal is the answer, and the shorter reservation holds.</summary>
internal sealed class BothAcl(IRelayAclFilter first, IRelayAclFilter second) : IRelayAclFilter
{
    public IRelayAclFilter First => first;

    public IRelayAclFilter Second => second;

    public AclVerdict AllowReserve(PeerId peer, Multiaddress address)
    {
        AclVerdict verdict = first.AllowReserve(peer, address);
        if (!verdict.IsAllowed)
            return verdict;

        // Each may bound how long the reservation lasts; the reason is the second's, who has the last word.
        AclVerdict other = second.AllowReserve(peer, address);
        return other.IsAllowed && verdict.ReservationTtl is { } ttl && !(other.ReservationTtl <= ttl) ? AclVerdict.Allow(other.Reason, ttl) : other;
    }

    public AclVerdict AllowConnect(PeerId source, Multiaddress sourceAddress, PeerId destination)
    {
        AclVerdict verdict = first.AllowConnect(source, sourceAddress, destination);
        return verdict.IsAllowed ? second.AllowConnect(source, sourceAddress, destination) : verdict;
    }
}
