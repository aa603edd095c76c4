using Relay.TestKit.Wire;

namespace Relay.TestKit.Conformance;

/// <summary>A circuit through a relay under probe.</summary>
/// <param name="Source">The source's end.</param>
/// <param name="Destination">The destination's end.</param>
/// <param name="Answer">What the source was answered.</param>
/// <param name="Request">What the destination was asked.</param>
public sealed record ProbedCircuit(ProbeStream Source, ProbeStream Destination, RawMessage Answer, RawMessage Request)
{
    /// <summary>The bytes each direction may carry, as announced; <see cref="ConformanceException.IsUndecided"/> when they are too many to be tried.</summary>
    public int ReadDataLimit()
    {
        ulong? data = Answer.Message(4)?.Varint(2);
        return data is > 0 and <= 64 << 20
            ? (int)data
            : throw new ConformanceException($"the data limit is {data?.ToString() ?? "absent"}; one of at most 64 MiB can be tried", isUndecided: true);
    }

    /// <summary>The same circuit with its ends swapped.</summary>
    public ProbedCircuit Reversed() => this with { Source = Destination, Destination = Source };
}
