namespace Relay.Libp2p;

/// <summary>
/// One stream of a <see cref="Libp2p.Connection"/>, negotiated for a protocol. Created by <see cref="Libp2pNode"/>; whoever opened it disposes it, an
/// inbound one is disposed when its handler's task ends. Disposing resets a stream whose write side is still open; a stream that was closed for
/// writing is left to end by itself when the remote closes its side too, and what still arrives is discarded.
/// </summary>
public abstract class MuxedStream : DuplexStream
{
    /// <summary>The connection it belongs to.</summary>
    public abstract Connection Connection { get; }

    /// <summary>The protocol negotiated for it; empty while that goes on.</summary>
    public string Protocol { get; internal set; } = "";

    /// <summary>From here on its connection is in use, until the stream has ended: it does not give way to another one.</summary>
    internal virtual void CountAsUse()
    {
    }

    /// <summary>How many bytes the remote may have in flight or buffered here before anybody reads them: what the stream can take of memory.</summary>
    public abstract long ReceiveBound { get; }

    /// <summary>How many bytes the remote has sent on it so far, read or not; it does not shrink when the stream fails.</summary>
    public abstract long BytesReceived { get; }

    /// <summary>How many of <see cref="BytesReceived"/> have been read.</summary>
    public abstract long BytesRead { get; }

    /// <summary>How many of the bytes written to it have gone on their way so far, as the remote's window allowed; it grows in the middle of a write.</summary>
    public abstract long BytesSent { get; }
}
