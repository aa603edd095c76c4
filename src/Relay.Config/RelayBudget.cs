using Relay.Circuit;
using Relay.Libp2p;

namespace Relay;

/// <summary>
/// The memory that a node takes at worst, in bytes, part by part: when every cap is reached and every peer sends as much as it may to others that do not read.
/// An upper bound that follows from the options alone, by the sum that counts as the node runs (<see cref="CircuitRelay.ReservedMemory"/>). Not counted are the runtime itself, what the kernel keeps for sockets, and what the application adds
/// (its filters, sources and event subscribers, and the streams that it opens itself).
/// </summary>
public sealed record RelayBudget
{
    private RelayBudget()
    {
    }

    /// <summary>Two copy buffers for each circuit, as large as the pool makes them.</summary>
    public long SpliceBuffers { get; private init; }

    /// <summary>
    /// What was received and nobody has read: the windows of both streams of each circuit, what windows may grow by, and the parts of segments that are not
    /// in use.
    /// </summary>
    public long ReceiveQueues { get; private init; }

    /// <summary>What each connection may take, <see cref="NodeMemory.PerConnection"/>.</summary>
    public long Connections { get; private init; }

    /// <summary>What the streams take beside their windows: as many as each connection may have, whatever they are for, and <see cref="NodeMemory.OwnStreams"/>.</summary>
    public long Streams { get; private init; }

    /// <summary>What reservations take in the tables.</summary>
    public long Reservations { get; private init; }

    /// <summary>What is remembered for the rates that are set.</summary>
    public long Rates { get; private init; }

    /// <summary>The sum.</summary>
    public long Total => SpliceBuffers + ReceiveQueues + Connections + Streams + Reservations + Rates;

    /// <summary>How many unread bytes the node allows; a part of <see cref="ReceiveQueues"/>.</summary>
    internal long Unread { get; private init; }

    /// <summary>What a node with these options takes at worst.</summary>
    /// <param name="options">The options, as <see cref="Config.ToOptions"/> makes them.</param>
    public static RelayBudget WorstCase(IEnumerable<NodeOption> options) => WorstCase(options, unreadInForce: 0);

    /// <summary>The same of a node that allows at least so many unread bytes, whatever its options say.</summary>
    internal static RelayBudget WorstCase(IEnumerable<NodeOption> options, long unreadInForce)
    {
        ArgumentNullException.ThrowIfNull(options);
        NodeOption[] all = [.. options];
        var node = new Libp2pOptions();
        ConnectionLimitsOption? limits = all.OfType<ConnectionLimitsOption>().FirstOrDefault();
        return Of(
            limits?.MaxConnections ?? node.MaxConnections,
            limits?.MaxStreamsPerConnection ?? node.MaxStreamsPerConnection,
            all.OfType<RelayServiceOption>().FirstOrDefault()?.ToCircuitOptions(),
            unreadInForce);
    }

    /// <summary>The same of a configuration, whose other parts need not be valid.</summary>
    internal static RelayBudget WorstCase(ConnectionConfig connection)
        => Of(connection.MaxConnections, connection.MaxStreamsPerConnection, connection.RelayService.Disabled ? null : ToCircuitOptions(connection.RelayService));

    /// <summary>The sum and its parts, on one line.</summary>
    public override string ToString()
        => $"{Text(Total)} at worst: buffers of circuits {Text(SpliceBuffers)}, receive queues {Text(ReceiveQueues)}, connections {Text(Connections)}, "
            + $"streams {Text(Streams)}, reservations {Text(Reservations)}, rates {Text(Rates)}";

    private static string Text(long bytes) => FormattableString.Invariant($"{(bytes + (1 << 20) - 1) >> 20} MiB");

    /// <summary>What the sum is about, and nothing else: the rest may be out of range.</summary>
    private static CircuitRelayOptions ToCircuitOptions(RelayServiceConfig relay) => new()
    {
        MaxTotalCircuits = relay.MaxTotalCircuits,
        BufferSize = relay.BufferSize,
        MaxReservations = relay.MaxReservations,
        ReservationRatePerPeer = relay.ReservationRatePerPeer,
        ReservationRatePerIp = relay.ReservationRatePerIp,
        CircuitRatePerPeer = relay.CircuitRatePerPeer,
        CircuitRatePerIp = relay.CircuitRatePerIp,
    };

    private static RelayBudget Of(long connections, long streams, CircuitRelayOptions? relay, long unreadInForce = 0)
    {
        // A node that serves nobody keeps the bound on unread bytes that a node has by itself.
        var node = new Libp2pOptions();
        long circuits = relay?.MaxTotalCircuits ?? 0;
        long ownUnread = relay is null ? node.MaxUnreadBytes : 2 * circuits * NodeMemory.StreamWindow + node.WindowBudget + NodeMemory.SharedUnread;
        long unread = Math.Max(unreadInForce, ownUnread);
        return new RelayBudget
        {
            SpliceBuffers = relay is null ? 0 : 2 * circuits * RelayMemory.OfBuffer(relay.BufferSize),
            Unread = unread,
            ReceiveQueues = unread + 2 * circuits * NodeMemory.QueueSlack,
            Connections = connections * NodeMemory.PerConnection,
            Streams = (connections * (streams + NodeMemory.OwnStreams) + circuits) * NodeMemory.PerStream,
            Reservations = relay is null ? 0 : relay.MaxReservations * RelayMemory.PerReservation,
            Rates = relay is null ? 0 : RelayMemory.OfRates(relay),
        };
    }
}
