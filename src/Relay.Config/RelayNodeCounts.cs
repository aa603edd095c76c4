namespace Relay;

/// <summary>What a node holds at one moment.</summary>
/// <param name="Connections">Established connections, direct and relayed.</param>
/// <param name="PendingHandshakes">Inbound connections in the middle of their handshake.</param>
/// <param name="Streams">Open streams of all connections.</param>
/// <param name="Reservations">Reservations other peers hold on this node's relay.</param>
/// <param name="Circuits">Circuits this node's relay carries.</param>
/// <param name="RentedBuffers">Pooled buffers in use, of connections and circuits.</param>
public readonly record struct RelayNodeCounts(
    int Connections, int PendingHandshakes, int Streams, int Reservations, int Circuits, long RentedBuffers);
