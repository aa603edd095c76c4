using Relay.Circuit;
using Relay.Libp2p;
using Relay.Libp2p.Transports;
using Relay.Multiformats;

namespace Relay.Embedded;

/// <summary>
/// Dials and is dialed through other peers' relays: <c>ADDR/p2p/RELAY/p2p-circuit/p2p/DESTINATION</c>. The circuit is a raw connection like any other; the
/// node secures and multiplexes it end to end, so the relay sees ciphertext.
/// </summary>
internal sealed class CircuitTransport(Libp2pNode node, RelayClient client, Func<PeerId, bool> expects, TimeProvider time) : ITransport
{
    /// <summary>What stands between a relay and who is behind it.</summary>
    public static readonly Multiaddress Circuit = Multiaddress.Parse("/p2p-circuit");

    public bool CanDial(Multiaddress address) => address.IsCircuit;

    // Being reachable through a relay is reserving on it: see Relays.
    public bool CanListen(Multiaddress address) => false;

    public Task<ITransportListener> ListenAsync(Multiaddress address, CancellationToken cancellationToken) =>
        throw new ListenException(address, $"{address} cannot be listened on; reserve on the relay instead.");

    public async Task<RawConnection> DialAsync(Multiaddress address, CancellationToken cancellationToken)
    {
        if (!address.TrySplitCircuit(out Multiaddress? relay, out Multiaddress? rest) || rest?.PeerId is not { } destination)
            throw new DialException(DialError.UnsupportedAddress, $"{address} does not end in /p2p-circuit/p2p/ID: it does not say whom to reach.");
        if (relay?.PeerId is null)
            throw new DialException(DialError.UnsupportedAddress, $"{address} does not name its relay: a /p2p/ID must stand before /p2p-circuit.");
        if (relay.IsCircuit)
            throw new DialException(DialError.UnsupportedAddress, $"{address} goes through two relays; one is the rule.");

        // The connection to the relay is needed for as long as the circuit is.
        ConnectionLoan loan = await node.BorrowAsync(relay, cancellationToken).ConfigureAwait(false);
        try
        {
            CircuitStream circuit = await client.ConnectAsync(loan.Connection.RemotePeer, destination, cancellationToken).ConfigureAwait(false);
            return ToRaw(circuit, loan);
        }
        catch
        {
            loan.Dispose();
            throw;
        }
    }

    /// <summary>Takes a circuit that a relay offers, and serves the connection inside it until that ends.</summary>
    public async Task AcceptAsync(InboundCircuit inbound)
    {
        // Who was not asked for a reservation is no relay of ours, and could open connections past the caps on its own.
        if (!expects(inbound.Relay))
        {
            await inbound.RefuseAsync(Status.PermissionDenied).ConfigureAwait(false);
            return;
        }

        CircuitStream circuit = await inbound.AcceptAsync().ConfigureAwait(false);
        try
        {
            // The relay named the source; only the handshake proves it.
            Connection connection = await node
                .UpgradeAsync(ToRaw(circuit), isInitiator: false, expectedPeer: inbound.Source, CancellationToken.None)
                .ConfigureAwait(false);
            await connection.Closed.ConfigureAwait(false);
        }
        catch (DialException)
        {
            // The node has logged it, and the circuit is gone.
        }
    }

    private RawConnection ToRaw(CircuitStream circuit, ConnectionLoan? loan = null)
    {
        Multiaddress relay = circuit.RelayAddress.WithPeerId(circuit.Relay).Encapsulate(Circuit);
        LimitMeter? meter = circuit.Limit is { } told ? new LimitMeter(new ConnectionLimit(told.Duration, told.Data), time) : null;
        return new RawConnection(
            new CircuitDuplexStream(circuit, meter, loan), relay.WithPeerId(node.PeerId), relay.WithPeerId(circuit.Peer), IsRelayed: true, meter);
    }
}
