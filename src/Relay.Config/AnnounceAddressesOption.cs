using System.Collections.Immutable;
using Relay.Multiformats;

namespace Relay;

/// <summary>What the node advertises instead of its listen addresses. Absent when nothing was configured.</summary>
public sealed record AnnounceAddressesOption : NodeOption
{
    internal AnnounceAddressesOption()
    {
    }

    /// <summary>The addresses, at least one.</summary>
    public ImmutableArray<Multiaddress> Addresses { get; internal init; } = [];

    /// <summary>Whether both hold equal addresses in the same order.</summary>
    public bool Equals(AnnounceAddressesOption? other) => other is not null && Addresses.SequenceEqual(other.Addresses);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (Multiaddress address in Addresses)
            hash.Add(address);
        return hash.ToHashCode();
    }

    internal override IEnumerable<(string Name, string Value)> Describe() => [("Addresses", $"[{string.Join(", ", Addresses)}]")];
}
