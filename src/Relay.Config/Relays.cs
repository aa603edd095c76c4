using Relay.AutoRelay;
using Relay.Circuit;
using Relay.Libp2p;
using Relay.Multiformats;

namespace Relay;

/// <summary>
/// The client side of circuit relay v2 (section "Reservation"): makes this node reachable through other peers' relays. Part of a <see cref="RelayNode"/>,
/// there whether or not that serves as a relay. Relays that are configured or found (<see cref="AutoRelayConfig"/>) are reserved on, renewed and replaced
/// while the node runs; this shows how that stands. Thread-safe.
/// </summary>
public sealed class Relays
{
    private readonly RelaySeeker _seeker;
    private readonly PeerId _self;

    internal Relays(RelaySeeker seeker, PeerId self)
    {
        _seeker = seeker;
        _self = self;
    }

    /// <summary>How the node stands with each relay it knows, now: those it holds a reservation on first.</summary>
    public IReadOnlyList<KnownRelay> Known => _seeker.Table.Known;

    /// <summary>
    /// Where this node is reached through relays now, each <c>ADDR/p2p/RELAY/p2p-circuit/p2p/ID</c>, up to four for each relay, and 512 bytes. Identify tells them to other peers,
    /// and identify push to those that are connected when they change.
    /// </summary>
    public IReadOnlyList<Multiaddress> Addresses => [.. _seeker.Table.Addresses.Select(address => address.WithPeerId(_self))];

    /// <summary>
    /// Follows how things stand with the relays: first with each as it is when reading begins, then with one whenever something has happened to it, until
    /// <paramref name="cancellationToken"/> fires or the node is disposed. A stopped node that is started again goes on. Who is slow holds up nobody, and loses the
    /// oldest of more than 256 changes that wait.
    /// </summary>
    public IAsyncEnumerable<KnownRelay> WatchAsync(CancellationToken cancellationToken = default) =>
        _seeker.Watchers.WatchAsync(_seeker.Table.TakeSnapshot, cancellationToken);

    /// <summary>
    /// Connects to the relay unless there is a connection, and reserves a slot on it, or renews the one this node holds there. From then on this node is dialed at
    /// <c>RELAY/p2p-circuit/p2p/ID</c>, until the reservation expires or the connection to the relay ends. Only relays that are configured or were found are renewed
    /// and come back by themselves. A connection that was opened for this is closed when the reservation is over, or was refused, and nobody else has asked for it.
    /// </summary>
    /// <param name="relay">The relay's address, ending in <c>/p2p/ID</c>.</param>
    /// <param name="cancellationToken">Gives up; the relay may have granted the slot all the same.</param>
    /// <exception cref="ArgumentException">The address does not end in a peer id, or goes through a relay itself.</exception>
    /// <exception cref="InvalidOperationException">The node is not started; nothing was asked, and nothing has changed.</exception>
    /// <exception cref="DialException">The relay cannot be connected to, or the node was stopped meanwhile.</exception>
    /// <exception cref="RelayException">The relay refused (<see cref="RelayException.Status"/> says how), or did not answer as it should.</exception>
    public Task<Reservation> ReserveAsync(Multiaddress relay, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(relay);
        if (relay.PeerId is not { } id || relay.IsCircuit)
            throw new ArgumentException($"{relay} is not the address of a relay: it must end in /p2p/ID and must not go through a relay itself.", nameof(relay));
        return _seeker.ReserveAsync(id, relay, cancellationToken);
    }
}
