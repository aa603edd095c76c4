using Relay.Multiformats;

namespace Relay.Circuit;

/// <summary>A slot this node holds on a relay, until it expires or the last connection to the relay ends.</summary>
/// <param name="Relay">The relay.</param>
/// <param name="Expiration">Until when, in whole seconds, UTC. Renew well before.</param>
/// <param name="Addresses">
/// Where the relay says it is reached; may be empty. Not <c>/p2p-circuit</c> addresses; add that, and this node's id, to advertise them. Addresses that
/// cannot be parsed or go through a relay themselves are left out.
/// </param>
/// <param name="Voucher">The relay's signed word for it, verified, or null when the relay gave none.</param>
/// <param name="Limit">The bounds of circuits through this relay, or null when there are none.</param>
public sealed record Reservation(
    PeerId Relay,
    DateTimeOffset Expiration,
    IReadOnlyList<Multiaddress> Addresses,
    ReservationVoucher? Voucher,
    CircuitLimit? Limit)
{
    /// <summary>
    /// The connection it was made on, by identity, as <see cref="Host.IHostStream.Connection"/>. rust-libp2p's relay ends a reservation with that connection, others
    /// with the last one of the peer.
    /// </summary>
    public object? Connection { get; init; }
}
