using Relay.Multiformats;

namespace Relay.Circuit.Host;

/// <summary>
/// A duplex byte stream of the host, negotiated and ready: what HOP, STOP and circuits run over. One reader and one writer may use it at a time.
/// Disposing it resets what is not closed yet; disposing twice does nothing.
/// </summary>
public interface IHostStream : IAsyncDisposable
{
    /// <summary>The authenticated remote peer.</summary>
    PeerId RemotePeer { get; }

    /// <summary>The remote address of the connection the stream belongs to, as the transport sees it.</summary>
    Multiaddress RemoteAddress { get; }

    /// <summary>Whether that connection itself goes through a relay.</summary>
    bool IsRelayed { get; }

    /// <summary>That connection, by identity: the same object for all of its streams, and another one for every other connection. Nothing else is asked of it.</summary>
    object Connection { get; }

    /// <summary>
    /// How many bytes the remote has sent so far, read or not; it does not shrink when the stream is reset. 0 from a host that does not count, whose circuits then
    /// cannot tell an end at the data limit from others.
    /// </summary>
    long BytesReceived => 0;

    /// <summary>How many of <see cref="BytesReceived"/> have been read.</summary>
    long BytesRead => 0;

    /// <summary>
    /// How many of the bytes written have gone on their way so far, as the remote's window allowed: it grows in the middle of a write. 0 from a host that does not
    /// count, whose circuits count as idle while a receiver takes a long time for one write.
    /// </summary>
    long BytesSent => 0;

    /// <summary>
    /// Reads what there is, waiting for at least one byte; zero bytes mean that the remote closed its side. With an empty
    /// <paramref name="buffer"/> it waits until a read would not wait, and consumes nothing.
    /// </summary>
    /// <exception cref="HostStreamException">The stream was reset, by either side, or its connection ended.</exception>
    ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Writes all of <paramref name="data"/>; returns when the host has taken it, which is when the remote's window allows.</summary>
    /// <exception cref="HostStreamException">The stream was reset, by either side, or its connection ended.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    /// <summary>Closes this side for writing (FIN); reading goes on. Closing twice does nothing.</summary>
    /// <exception cref="HostStreamException">The stream was reset, or its connection ended.</exception>
    ValueTask CloseWriteAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Writes all of <paramref name="data"/> and closes this side for writing. A host that can send the end along with the last byte saves a packet for each
    /// answer.
    /// </summary>
    /// <exception cref="HostStreamException">The stream was reset, by either side, or its connection ended.</exception>
    async ValueTask WriteLastAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        await WriteAsync(data, cancellationToken).ConfigureAwait(false);
        await CloseWriteAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the stream both ways at once (RST); pending reads and writes fail. Never throws, never waits.</summary>
    void Reset();
}
