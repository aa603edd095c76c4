using Relay.Multiformats;

namespace Relay.Circuit;

/// <summary>What is known about a CONNECT.</summary>
/// <param name="Source">Who asks.</param>
/// <param name="SourceAddress">Where from: the remote address of the connection.</param>
/// <param name="Destination">Whom it wants to reach, or null when the message names nobody usable.</param>
/// <param name="IsRelayed">Whether it came over a relayed connection.</param>
/// <param name="IsDestinationConnected">Whether the destination has a direct connection right now.</param>
/// <param name="Verdict">What the access-control filter said, or null when it was not asked yet.</param>
internal readonly record struct ConnectRequest(
    PeerId Source,
    Multiaddress SourceAddress,
    PeerId? Destination,
    bool IsRelayed,
    bool IsDestinationConnected,
    PolicyVerdict? Verdict = null)
{
    /// <summary>How memory stands.</summary>
    public MemoryLoad Memory { get; init; }
}
