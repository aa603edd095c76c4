namespace Relay.Libp2p;

/// <summary>What a node holds at one moment. All zero when nobody is connected.</summary>
/// <param name="Connections">Established connections.</param>
/// <param name="PendingHandshakes">Inbound connections that have not finished their handshakes.</param>
/// <param name="Streams">Open streams of all connections.</param>
/// <param name="UnreadBytes">Received bytes of all streams that nobody has read.</param>
/// <param name="RentedBuffers">Pooled buffers in use.</param>
/// <param name="Tasks">Background tasks: one per connection, handler, dial and accept loop.</param>
public readonly record struct NodeCounts(int Connections, int PendingHandshakes, int Streams, long UnreadBytes, long RentedBuffers, int Tasks);
