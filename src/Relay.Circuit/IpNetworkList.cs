using System.Collections;
using System.Net;
using System.Runtime.CompilerServices;

namespace Relay.Circuit;

/// <summary>
/// IP networks in CIDR terms, as a collection expression makes them: <c>[IPNetwork.Parse("10.0.0.0/8")]</c>. Immutable; equal to another list with the same
/// networks in the same order.
/// </summary>
[CollectionBuilder(typeof(IpNetworkList), nameof(Create))]
public sealed class IpNetworkList : IReadOnlyList<IPNetwork>, IEquatable<IpNetworkList>
{
    private readonly IPNetwork[] _networks;

    private IpNetworkList(IPNetwork[] networks) => _networks = networks;

    /// <summary>No networks.</summary>
    public static IpNetworkList Empty { get; } = new([]);

    /// <summary>How many there are.</summary>
    public int Count => _networks.Length;

    /// <summary>The network at <paramref name="index"/>.</summary>
    public IPNetwork this[int index] => _networks[index];

    /// <summary>Makes a list of the networks.</summary>
    public static IpNetworkList Create(ReadOnlySpan<IPNetwork> networks) => networks.IsEmpty ? Empty : new IpNetworkList(networks.ToArray());

    /// <inheritdoc/>
    public IEnumerator<IPNetwork> GetEnumerator() => ((IEnumerable<IPNetwork>)_networks).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(IpNetworkList? other) => other is not null && _networks.AsSpan().SequenceEqual(other._networks);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as IpNetworkList);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (IPNetwork network in _networks)
            hash.Add(network);
        return hash.ToHashCode();
    }

    /// <summary>The networks, separated by commas.</summary>
    public override string ToString() => string.Join(", ", _networks);
}
