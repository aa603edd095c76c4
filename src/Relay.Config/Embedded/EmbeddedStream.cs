using System.Runtime.CompilerServices;
using Relay.Circuit.Host;
using Relay.Libp2p;
using Relay.Multiformats;

namespace Relay.Embedded;

/// <summary>A stream of the embedded node as the relay engine wants to see it.</summary>
internal sealed class EmbeddedStream(MuxedStream stream) : IHostStream
{
    public PeerId RemotePeer => stream.Connection.RemotePeer;

    public Multiaddress RemoteAddress => stream.Connection.RemoteAddress;

    public bool IsRelayed => stream.Connection.IsRelayed;

    public object Connection => stream.Connection;

    public long BytesReceived => stream.BytesReceived;

    public long BytesRead => stream.BytesRead;

    public long BytesSent => stream.BytesSent;

    // On the path of every relayed byte: the state machines are pooled.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (StreamException e) when (e.Reason == StreamError.Timeout)
        {
            throw new TimeoutException(e.Message, e); // of a proposal that went along with the request
        }
        catch (StreamException e)
        {
            throw Translate(e);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(data, cancellationToken).ConfigureAwait(false);
        }
        catch (StreamException e)
        {
            throw Translate(e);
        }
    }

    public async ValueTask CloseWriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            await stream.CloseWriteAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (StreamException e)
        {
            throw Translate(e);
        }
    }

    public async ValueTask WriteLastAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteLastAsync(data, cancellationToken).ConfigureAwait(false);
        }
        catch (StreamException e)
        {
            throw Translate(e);
        }
    }

    public void Reset() => stream.Reset();

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    public static HostStreamException Translate(StreamException e)
    {
        HostStreamError error = e.Reason switch
        {
            StreamError.NotConnected => HostStreamError.NotConnected,
            StreamError.ProtocolNotSupported => HostStreamError.ProtocolNotSupported,
            StreamError.ConnectionClosed => HostStreamError.ConnectionLost,
            _ => HostStreamError.Reset,
        };
        return new HostStreamException(error, e.Message, e);
    }
}
