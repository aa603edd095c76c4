using Relay.Circuit.Host;
using Relay.Multiformats;

namespace Relay.Circuit;

/// <summary>
/// One end of a circuit: the plain bytes between this node and the other peer, through the relay. Nothing about it is secured by the relay; run the
/// security handshake over it. One reader and one writer may use it at a time. Whoever got it disposes it.
/// </summary>
public sealed class CircuitStream : IAsyncDisposable
{
    private readonly IHostStream _stream;
    private readonly long _bytesBefore; // of the handshake, which has been read to its end

    internal CircuitStream(IHostStream stream, PeerId peer, CircuitLimit? limit)
    {
        _stream = stream;
        _bytesBefore = stream.BytesRead;
        Peer = peer;
        Limit = limit;
    }

    /// <summary>The relay in between.</summary>
    public PeerId Relay => _stream.RemotePeer;

    /// <summary>The address of the connection to the relay.</summary>
    public Multiaddress RelayAddress => _stream.RemoteAddress;

    /// <summary>The peer at the other end, as named to or by the relay; not authenticated until the handshake inside the circuit says the same.</summary>
    public PeerId Peer { get; }

    /// <summary>The bounds the relay told this end, or null when there are none. It resets the circuit when they are passed.</summary>
    public CircuitLimit? Limit { get; }

    /// <summary>How many bytes of the circuit have come to this end so far, read or not: what the limit on data is about. Stays 0 on a host that does not count.</summary>
    public long BytesReceived => _stream.BytesReceived - _bytesBefore;

    /// <inheritdoc cref="IHostStream.ReadAsync"/>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => _stream.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc cref="IHostStream.WriteAsync"/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => _stream.WriteAsync(data, cancellationToken);

    /// <inheritdoc cref="IHostStream.CloseWriteAsync"/>
    public ValueTask CloseWriteAsync(CancellationToken cancellationToken) => _stream.CloseWriteAsync(cancellationToken);

    /// <inheritdoc cref="IHostStream.Reset"/>
    public void Reset() => _stream.Reset();

    /// <summary>Resets what is not closed yet. Disposing twice does nothing.</summary>
    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}
