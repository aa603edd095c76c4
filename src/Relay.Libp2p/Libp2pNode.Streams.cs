using System.Collections.Immutable;
using Relay.Libp2p.Identify;
using Relay.Libp2p.Multistream;
using Relay.Libp2p.Ping;
using Relay.Multiformats;

namespace Relay.Libp2p;

// Streams: who serves which protocol, and how a stream gets one.
public sealed partial class Libp2pNode
{
    private ImmutableSortedDictionary<string, Func<MuxedStream, Task>> _handlers =
        ImmutableSortedDictionary.Create<string, Func<MuxedStream, Task>>(StringComparer.Ordinal);

    /// <summary>
    /// Serves <paramref name="protocol"/> from now on: identify lists it, connected peers are told by identify push, and inbound streams that negotiate it
    /// go to <paramref name="handler"/>. The stream is disposed when the handler's task ends; a handler that throws resets it.
    /// </summary>
    /// <remarks>A handler must end when its connection has: reads and writes on the stream then fail. See <see cref="StopAsync"/>.</remarks>
    /// <returns>The registration; disposing it withdraws the protocol. Handlers that run are not touched.</returns>
    /// <exception cref="InvalidOperationException">The protocol has a handler already.</exception>
    public IDisposable Handle(string protocol, Func<MuxedStream, Task> handler)
    {
        ArgumentException.ThrowIfNullOrEmpty(protocol);
        ArgumentNullException.ThrowIfNull(handler);
        if (protocol.Length >= MultistreamSelect.MaxMessageLength || protocol.Contains('\n'))
            throw new ArgumentException("A protocol id is one line of less than 1024 bytes.", nameof(protocol));
        if (!ImmutableInterlocked.Update(ref _handlers, list => list.ContainsKey(protocol) ? list : list.Add(protocol, handler)))
            throw new InvalidOperationException($"The protocol {protocol} has a handler already.");
        PushIdentity();
        return new Registration(() =>
        {
            ImmutableInterlocked.Update(ref _handlers, list => list.Remove(protocol));
            PushIdentity();
        });
    }

    /// <summary>
    /// Serves <paramref name="protocol"/> as the other overload does, with a handler that is told when nobody waits for it any more: its token is
    /// <see cref="Connection.Ended"/>, which a stop of the node brings about, too.
    /// </summary>
    /// <inheritdoc cref="Handle(string, Func{MuxedStream, Task})"/>
    public IDisposable Handle(string protocol, Func<MuxedStream, CancellationToken, Task> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Handle(protocol, stream => handler(stream, stream.Connection.Ended));
    }

    /// <summary>Opens a stream to a peer that is connected already. Never dials.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="protocol">The protocol to negotiate.</param>
    /// <param name="directOnly">Whether a connection through a relay will not do.</param>
    /// <param name="allowLimited">Whether a connection that its relay has set bounds on will do.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StreamException">There is no such connection, the remote does not speak the protocol, did not answer in time, or went away.</exception>
    public async Task<MuxedStream> OpenStreamAsync(
        PeerId peer, string protocol, bool directOnly = false, bool allowLimited = false, CancellationToken cancellationToken = default)
    {
        Connection connection = _connections.Find(peer, directOnly)
            ?? throw new StreamException(StreamError.NotConnected, $"There is no connection to {peer}.");
        return await OpenStreamAsync(connection, protocol, allowLimited, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Opens a stream to a directly connected peer for a protocol that its identify lists, without waiting for it to agree: the proposal goes out with the first
    /// bytes written, which saves a round trip. For protocols whose opener speaks first. When the peer does not take the protocol after all, the first
    /// read throws a <see cref="StreamException"/> that says so.
    /// </summary>
    /// <returns>Null when there is no such connection, or nothing is known of the protocol: then it has to be asked for.</returns>
    public MuxedStream? TryOpenKnownStream(PeerId peer, string protocol)
    {
        Connection? connection = _connections.Find(peer, directOnly: true);
        if (connection?.RemoteIdentity?.Protocols.Contains(protocol) != true)
            return null;
        var stream = new OptimisticStream(connection.OpenStream(), protocol, _time, _options.HandshakeTimeout);
        CountAsUse(stream, protocol);
        return stream;
    }

    /// <summary>Opens a stream on a connection.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="protocol">The protocol to negotiate.</param>
    /// <param name="allowLimited">Whether a connection that its relay has set bounds on will do.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StreamException">The remote does not speak the protocol, did not answer in time, or went away.</exception>
    public async Task<MuxedStream> OpenStreamAsync(
        Connection connection, string protocol, bool allowLimited = false, CancellationToken cancellationToken = default)
    {
        if (connection.Limit is { } limit && !allowLimited)
        {
            throw new StreamException(
                StreamError.LimitedConnection, $"The connection to {connection.RemotePeer} is bounded by its relay ({limit}); say allowLimited to use it.");
        }

        MuxedStream stream = connection.OpenStream();
        CountAsUse(stream, protocol);
        using var deadline = Deadline.Start(_time, _options.HandshakeTimeout, cancellationToken);
        try
        {
            if (await MultistreamSelect.ProposeAsync(stream, [protocol], deadline.Token).ConfigureAwait(false) is null)
                throw new StreamException(StreamError.ProtocolNotSupported, $"{connection.RemotePeer} does not speak {protocol}.");
            stream.Protocol = protocol;
            return stream;
        }
        catch (Exception e)
        {
            stream.Reset();
            await stream.DisposeAsync().ConfigureAwait(false);
            if (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw new StreamException(StreamError.Timeout, $"{connection.RemotePeer} did not answer the proposal of {protocol} in time.", e);
            if (e is HandshakeException)
                throw new StreamException(StreamError.NegotiationFailed, e.Message, e);
            throw;
        }
    }

    // Getting to know each other, and asking whether somebody is still there, is no use of a connection.
    private static void CountAsUse(MuxedStream stream, string protocol)
    {
        if (protocol is not (IdentifyProtocol.Id or IdentifyProtocol.PushId or PingProtocol.Id))
            stream.CountAsUse();
    }

    private async Task ServeStreamAsync(MuxedStream stream)
    {
        Func<MuxedStream, Task>? handler = null;
        try
        {
            using (var deadline = Deadline.Start(_time, _options.HandshakeTimeout, CancellationToken.None))
            {
                string? protocol = await MultistreamSelect
                    .AnswerAsync(stream, p => _handlers.TryGetValue(p, out handler), () => _handlers.Keys, deadline.Token)
                    .ConfigureAwait(false);
                stream.Protocol = protocol ?? "";
            }

            if (handler is not null)
            {
                CountAsUse(stream, stream.Protocol);
                await handler(stream).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // A remote that misbehaves or has left: the stream is over, the connection is not.
            LogStreamFailed(_log, stream.Connection.RemotePeer, stream.Protocol, e.Message);
            stream.Reset();
        }
        catch (Exception e)
        {
            LogHandlerFailed(_log, stream.Connection.RemotePeer, stream.Protocol, e);
            stream.Reset();
        }

        await stream.DisposeAsync().ConfigureAwait(false);
    }
}
