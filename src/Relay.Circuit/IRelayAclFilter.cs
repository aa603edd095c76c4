using Relay.Multiformats;

namespace Relay.Circuit;

/// <summary>
/// Decides who may reserve a slot on the relay and who may connect through it. Called concurrently, on the path of every request: implementations
/// answer from memory and do not block. An exception counts as <see cref="AclVerdict.Deny(string?)"/> and is logged.
/// </summary>
public interface IRelayAclFilter
{
    /// <summary>May <paramref name="peer"/>, connected from <paramref name="address"/>, reserve or renew a slot? A refusal is PERMISSION_DENIED on the wire.</summary>
    AclVerdict AllowReserve(PeerId peer, Multiaddress address);

    /// <summary>
    /// May <paramref name="source"/>, connected from <paramref name="sourceAddress"/>, open a circuit to <paramref name="destination"/>? Asked before it is
    /// known whether the destination holds a reservation, so that a refusal tells nothing about it. A refusal is PERMISSION_DENIED on the wire.
    /// </summary>
    AclVerdict AllowConnect(PeerId source, Multiaddress sourceAddress, PeerId destination);
}
