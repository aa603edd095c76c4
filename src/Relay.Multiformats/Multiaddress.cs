namespace Relay.Multiformats;

/// <summary>
/// An address that says how to reach a peer, protocol by protocol: <c>/ip4/192.0.2.1/tcp/4001/p2p/12D3Koo...</c>
/// (https://github.com/multiformats/multiaddr). It has at least one component, only protocols of <see cref="MultiaddressProtocol"/>, and
/// only valid values; whether the components make sense together is not asked. Immutable and thread-safe; equal addresses have equal
/// bytes.
/// </summary>
public sealed partial class Multiaddress : IEquatable<Multiaddress>
{
    /// <summary>Longer addresses are refused.</summary>
    internal const int MaxByteLength = 1024;

    /// <summary>Addresses with more components are refused.</summary>
    internal const int MaxComponents = 32;

    private readonly byte[] _bytes;
    private readonly MultiaddressComponent[] _components;

    /// <summary>Takes what was validated: bytes, and the same as components.</summary>
    private Multiaddress(byte[] bytes, MultiaddressComponent[] components)
    {
        _bytes = bytes;
        _components = components;
        Components = Array.AsReadOnly(components);
        if (components[^1].Protocol == MultiaddressProtocol.P2p)
            PeerId = PeerId.FromBytes(ValueOf(components.Length - 1));
    }

    /// <summary>The components, outermost transport first.</summary>
    public IReadOnlyList<MultiaddressComponent> Components { get; }

    /// <summary>Whether a relay is on the way: there is a <c>/p2p-circuit</c>.</summary>
    public bool IsCircuit => Has(MultiaddressProtocol.P2pCircuit);

    /// <summary>
    /// The id in the last component, when that is <c>/p2p</c>: whom the address is for. Else null, also when an earlier component names a
    /// relay.
    /// </summary>
    public PeerId? PeerId { get; }

    /// <summary>Whether <paramref name="protocol"/> is among the components.</summary>
    public bool Has(MultiaddressProtocol protocol)
    {
        foreach (MultiaddressComponent component in _components)
        {
            if (component.Protocol == protocol)
                return true;
        }
        return false;
    }

    /// <summary>Whether both addresses have the same bytes.</summary>
    public bool Equals(Multiaddress? other) => other is not null && _bytes.AsSpan().SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Multiaddress);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = new();
        hash.AddBytes(_bytes);
        return hash.ToHashCode();
    }

    /// <summary>Whether both addresses have the same bytes, or both are null.</summary>
    public static bool operator ==(Multiaddress? left, Multiaddress? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether the addresses differ.</summary>
    public static bool operator !=(Multiaddress? left, Multiaddress? right) => !(left == right);
}
