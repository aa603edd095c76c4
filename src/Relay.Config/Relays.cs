using Relay.Circuit;
using Relay.Embedded;
using Relay.Libp2p;
using Relay.Multiformats;

namespace Relay;

/// <summary>
/// The client side of circuit relay v2 (section "Reservation"): makes this node reachable through other peers' relays. Part of a <see cref="RelayNode"/>,
/// which must be started. Thread-safe.
/// </summary>
public sealed class Relays
{
    private readonly Libp2pNode _node;
    private readonly RelayClient _client;

    private readonly HeldReservations _reservations;

    internal Relays(Libp2pNode node, RelayClient client, HeldReservations reservations)
    {
        _node = node;
        _client = client;
        _reservations = reservations;
    }

    /// <summary>
    /// Connects to the relay unless there is a connection, and reserves a slot on it, or renews the one this node holds there. From then on this node is dialed at
    /// <c>RELAY/p2p-circuit/p2p/ID</c>, until the reservation expires or the connection to the relay ends.
    /// </summary>
    /// <param name="relay">The relay's address, ending in <c>/p2p/ID</c>.</param>
    /// <param name="cancellationToken">Gives up; the relay may have granted the slot all the same.</param>
    /// <exception cref="ArgumentException">The address does not end in a peer id, or goes through a relay itself.</exception>
    /// <exception cref="DialException">The relay cannot be connected to.</exception>
    /// <exception cref="RelayException">The relay refused (<see cref="RelayException.Status"/> says how), or did not answer as it should.</exception>
    public async Task<Reservation> ReserveAsync(Multiaddress relay, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(relay);
        if (relay.PeerId is null || relay.IsCircuit)
            throw new ArgumentException($"{relay} is not the address of a relay: it must end in /p2p/ID and must not go through a relay itself.", nameof(relay));
        Connection connection = await _node.DialAsync(relay, cancellationToken).ConfigureAwait(false);
        return await _reservations
            .AskAsync(connection.RemotePeer, () => _client.ReserveAsync(connection.RemotePeer, cancellationToken))
            .ConfigureAwait(false);
    }
}
