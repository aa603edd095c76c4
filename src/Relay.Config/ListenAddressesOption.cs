using System.Collections.Immutable;
using Relay.Multiformats;
using Relay.Settings;

namespace Relay;

/// <summary>What the node listens on.</summary>
public sealed record ListenAddressesOption : NodeOption
{
    internal ListenAddressesOption()
    {
    }

    /// <summary>The addresses as configured: port 0 is still port 0 here. Empty: nowhere, the node only dials.</summary>
    public ImmutableArray<Multiaddress> Addresses { get; internal init; } = [];

    /// <summary>Whether both hold equal addresses in the same order.</summary>
    public bool Equals(ListenAddressesOption? other) => other is not null && Addresses.SequenceEqual(other.Addresses);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (Multiaddress address in Addresses)
            hash.Add(address);
        return hash.ToHashCode();
    }

    internal override IEnumerable<(string Name, string Value)> Describe() => [("Addresses", Addresses.IsEmpty ? SettingText.None : $"[{string.Join(", ", Addresses)}]")];
}
