using Relay.Circuit.Splicing;
using Relay.Multiformats;

namespace Relay.Circuit.Live;

/// <summary>An open circuit: what is known of it from the start, and the splice that carries it.</summary>
internal sealed class LiveCircuit(Splice splice)
{
    /// <summary>Its number, unique within the relay.</summary>
    public required long Id { get; init; }

    public required PeerId Source { get; init; }

    public required Multiaddress SourceAddress { get; init; }

    public required PeerId Destination { get; init; }

    public required Multiaddress DestinationAddress { get; init; }

    /// <summary>Why it was admitted.</summary>
    public required Decision Admitted { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary><see cref="OpenedAt"/> on the monotonic clock.</summary>
    public required long Opened { get; init; }

    /// <summary>How long it may last; null without end.</summary>
    public required TimeSpan? MaxDuration { get; init; }

    /// <summary>Its place in the <see cref="CircuitTable"/>, which guards it.</summary>
    public int Index { get; set; }

    public Splice Splice => splice;
}
