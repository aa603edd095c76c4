using Relay.Circuit;
using Relay.Multiformats;

namespace Relay.TestKit;

/// <summary>An access-control filter that says what the test wants; yes, unless told otherwise.</summary>
public sealed class ScriptedAcl : IRelayAclFilter
{
    /// <summary>Answers for RESERVE.</summary>
    public Func<PeerId, AclVerdict> Reserve { get; set; } = _ => true;

    /// <summary>Answers for CONNECT: source, destination.</summary>
    public Func<PeerId, PeerId, AclVerdict> Connect { get; set; } = (_, _) => true;

    /// <inheritdoc/>
    public AclVerdict AllowReserve(PeerId peer, Multiaddress address) => Reserve(peer);

    /// <inheritdoc/>
    public AclVerdict AllowConnect(PeerId source, Multiaddress sourceAddress, PeerId destination) => Connect(source, destination);
}
