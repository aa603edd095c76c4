using System.Numerics;
using Relay.Libp2p;

namespace Relay;

/// <summary>
/// The memory that a node takes at worst, in bytes, part by part: when every cap is reached and every peer sends as much as it may to others that do not read.
/// An upper bound that follows from the options alone. Not counted are the runtime itself, what the kernel keeps for sockets, and what the application adds
/// (its filters, sources and event subscribers).
/// </summary>
public sealed record RelayBudget
{
    /// <summary>What is allowed for the received and unread bytes of streams that are no circuits: requests, identify, the application's.</summary>
    private const long OtherUnread = 16L << 20;

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

    /// <summary>What the streams take beside their windows: as many as each connection may have, whatever they are for.</summary>
    public long Streams { get; private init; }

    /// <summary>What reservations take in the tables.</summary>
    public long Reservations { get; private init; }

    /// <summary>The sum.</summary>
    public long Total => SpliceBuffers + ReceiveQueues + Connections + Streams + Reservations;

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
        RelayServiceOption? service = all.OfType<RelayServiceOption>().FirstOrDefault();
        return Of(
            limits?.MaxConnections ?? node.MaxConnections,
            limits?.MaxStreamsPerConnection ?? node.MaxStreamsPerConnection,
            service?.MaxTotalCircuits,
            service?.BufferSize ?? 0,
            service?.MaxReservations ?? 0,
            unreadInForce);
    }

    /// <summary>The same of a configuration, whose other parts need not be valid.</summary>
    internal static RelayBudget WorstCase(ConnectionConfig connection)
    {
        RelayServiceConfig relay = connection.RelayService;
        return Of(
            connection.MaxConnections,
            connection.MaxStreamsPerConnection,
            relay.Disabled ? null : relay.MaxTotalCircuits,
            relay.BufferSize,
            relay.Disabled ? 0 : relay.MaxReservations);
    }

    /// <summary>The sum and its parts, on one line.</summary>
    public override string ToString()
        => $"{Text(Total)} at worst: buffers of circuits {Text(SpliceBuffers)}, receive queues {Text(ReceiveQueues)}, connections {Text(Connections)}, "
            + $"streams {Text(Streams)}, reservations {Text(Reservations)}";

    private static string Text(long bytes) => FormattableString.Invariant($"{(bytes + (1 << 20) - 1) >> 20} MiB");

    private static RelayBudget Of(int connections, int streams, int? circuits, int bufferSize, int reservations, long unreadInForce = 0)
    {
        // A node that serves nobody keeps the bound on unread bytes that a node has by itself.
        var node = new Libp2pOptions();
        long atMost = circuits ?? 0;
        long unread = Math.Max(
            unreadInForce, circuits is null ? node.MaxUnreadBytes : 2 * atMost * NodeMemory.StreamWindow + node.WindowBudget + OtherUnread);
        return new RelayBudget
        {
            SpliceBuffers = 2 * atMost * BitOperations.RoundUpToPowerOf2((uint)bufferSize),
            Unread = unread,
            ReceiveQueues = unread + 2 * atMost * NodeMemory.QueueSlack,
            Connections = connections * NodeMemory.PerConnection,
            Streams = ((long)connections * streams + atMost) * NodeMemory.PerStream,
            Reservations = reservations * Circuit.CircuitRelay.ReservationMemory,
        };
    }
}
