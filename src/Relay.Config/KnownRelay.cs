using Relay.Circuit;
using Relay.Multiformats;

namespace Relay;

/// <summary>A relay this node knows, and how it stands with it at a moment. Immutable.</summary>
public sealed record KnownRelay
{
    internal KnownRelay()
    {
    }

    /// <summary>The relay.</summary>
    public required PeerId Relay { get; init; }

    /// <summary>Where it is asked: in this order, the one that worked last first.</summary>
    public required IReadOnlyList<Multiaddress> Addresses { get; init; }

    /// <summary>How the node came to know of it.</summary>
    public required RelayOrigin Origin { get; init; }

    /// <summary>How things stand.</summary>
    public required RelayState State { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Why it is not reserved, or why the last renewal failed; <see cref="RelayReason.None"/> when nothing is wrong.</summary>
    public RelayReason Reason { get; init; }

    /// <summary>What the relay answered, when it refused.</summary>
    public Status? Refusal { get; init; }

    /// <summary>The failure in words, for people.</summary>
    public string? Detail { get; init; }

    /// <summary>How many requests have failed in a row.</summary>
    public int Failures { get; init; }

    /// <summary>Until when the reservation holds; null when there is none.</summary>
    public DateTimeOffset? Expiration { get; init; }

    /// <summary>When it is renewed, or asked again; null when that depends on others.</summary>
    public DateTimeOffset? NextRequest { get; init; }
}
