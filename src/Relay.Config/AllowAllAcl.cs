using Relay.Circuit;
using Relay.Multiformats;

namespace Relay;

/// <summary>Lets everyone reserve and connect: a relay that is not for members only, and was given no access control of its own.</summary>
internal sealed class AllowAllAcl : IRelayAclFilter
{
    private const string IsOpen = "open to everyone";

    public AclVerdict AllowReserve(PeerId peer, Multiaddress address) => AclVerdict.Allow(IsOpen);

    public AclVerdict AllowConnect(PeerId source, Multiaddress sourceAddress, PeerId destination) => AclVerdict.Allow(IsOpen);
}
