using Relay.Libp2p.Noise;
using Relay.Libp2p.Yamux;

namespace Relay.Libp2p;

/// <summary>
/// What the parts of a node may take in memory, in bytes: for whoever has to say what a node needs at worst, and for what it counts as it runs, by the same sum. Not
/// counted is what the kernel keeps for sockets.
/// </summary>
public static class NodeMemory
{
    /// <summary>
    /// A connection: what was received and not opened yet, what is sealed and on its way out, a segment for the frame that is coming in, and 32 KiB for its
    /// state (ciphers, session, tasks, its part of the tables), generously.
    /// </summary>
    public const long PerConnection = NoiseChannel.ReceiveArrayLength + NoiseBatch.Capacity + ReceiveQueue.MaxSegment + 32 * 1024;

    /// <summary>A stream in either direction: its state, its handler's, and the smallest segment, generously. Its window is not in it.</summary>
    public const long PerStream = 3 * 1024;

    /// <summary>Streams that a node opens of its own accord on a connection, beside those that it is asked for: identify, its push, ping and a RESERVE.</summary>
    public const int OwnStreams = 4;

    /// <summary>What every stream may receive ahead of its reader before its window has grown.</summary>
    public const long StreamWindow = YamuxProtocol.InitialWindow;

    /// <summary>What the queue of a stream may take beyond the bytes that are in it: a segment that is partly read and one that is partly filled.</summary>
    public const long QueueSlack = 2 * ReceiveQueue.MaxSegment;

    /// <summary>What was received on a stream and nobody has read may take while its window has not grown.</summary>
    public const long StreamQueue = StreamWindow + QueueSlack;

    /// <summary>
    /// What is allowed for what nobody has read on streams that others do not answer for: requests, identify, the application's. 64 streams may use it up.
    /// </summary>
    public const long SharedUnread = 16L << 20;

    /// <summary>
    /// What so many connections and streams may take; without <see cref="StreamQueue"/> of the streams that somebody else answers for, as the relay does for its
    /// circuits'.
    /// </summary>
    /// <param name="connections">Connections, those in their handshakes included.</param>
    /// <param name="streams">Streams of all of them, in either direction.</param>
    /// <param name="growth">What the windows of the streams have grown by, in bytes.</param>
    public static long Of(long connections, long streams, long growth)
        => connections * PerConnection + streams * PerStream + Math.Min(streams * StreamWindow, SharedUnread) + growth;
}
