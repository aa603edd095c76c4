using Relay.Multiformats;

namespace Relay;

/// <summary>A change in an <see cref="IAliveLedger"/>.</summary>
/// <param name="PeerId">Whose.</param>
/// <param name="Kind">What has happened.</param>
public readonly record struct AliveChange(PeerId PeerId, AliveChangeKind Kind);
