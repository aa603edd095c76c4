using System.Collections.Immutable;
using Relay.Multiformats;

namespace Relay;

/// <summary>
/// The node seeks relays to be reached through. Absent when that is switched off and when the node is <see cref="Relay.Reachability.Public"/>. Documented at
/// <see cref="AutoRelayConfig"/>.
/// </summary>
public sealed record AutoRelayOption : NodeOption
{
    internal AutoRelayOption()
    {
    }

    /// <summary>Whether others can dial the node, as far as it was told; never <see cref="Reachability.Public"/> here.</summary>
    public Reachability Reachability { get; internal init; }

    /// <summary>The relays known beforehand, each ending in <c>/p2p/ID</c>.</summary>
    public ImmutableArray<Multiaddress> StaticRelays { get; internal init; } = [];

    /// <summary>Whether a candidate source is not asked.</summary>
    public bool OnlyStaticRelays { get; internal init; }

    /// <summary>On how many relays to hold a reservation.</summary>
    public int WantedRelays { get; internal init; }

    /// <summary>How long the relays of a source wait for better ones.</summary>
    public TimeSpan BootDelay { get; internal init; }

    /// <summary>How long a relay that has refused is left alone at first.</summary>
    public TimeSpan RetryBackOff { get; internal init; }

    /// <summary>How long a relay is left alone at most.</summary>
    public TimeSpan MaxRetryBackOff { get; internal init; }

    /// <summary>How often a source is asked.</summary>
    public TimeSpan DiscoveryInterval { get; internal init; }

    /// <summary>Whether both hold equal values, and equal static relays in the same order.</summary>
    public bool Equals(AutoRelayOption? other) =>
        other is not null && StaticRelays.SequenceEqual(other.StaticRelays) && Describe().SequenceEqual(other.Describe());

    /// <inheritdoc/>
    public override int GetHashCode() => Describe().Aggregate(default(int), HashCode.Combine);

    internal override IEnumerable<(string Name, string Value)> Describe() =>
    [
        ("Reachability", $"{Reachability}"),
        ("StaticRelays", $"[{string.Join(", ", StaticRelays)}]"),
        ("OnlyStaticRelays", $"{OnlyStaticRelays}"),
        ("WantedRelays", $"{WantedRelays}"),
        ("BootDelay", Text(BootDelay)),
        ("RetryBackOff", Text(RetryBackOff)),
        ("MaxRetryBackOff", Text(MaxRetryBackOff)),
        ("DiscoveryInterval", Text(DiscoveryInterval)),
    ];
}
