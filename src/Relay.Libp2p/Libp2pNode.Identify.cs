using Google.Protobuf;
using Relay.Libp2p.Identify;
using Relay.Libp2p.Identify.Wire;
using Relay.Libp2p.Ping;

namespace Relay.Libp2p;

// identify: asked of every new connection, answered to everybody, pushed when the protocols change.
public sealed partial class Libp2pNode
{
    /// <summary>How many identify, push or ping streams of one connection are served at a time; a good peer has one or two.</summary>
    internal const int MaxServiceStreams = 16;

    private static readonly TimeSpan PingPatience = TimeSpan.FromMinutes(1);

    private IdentifyMessage DescribeSelf(Connection connection) => new()
    {
        PublicKey = ByteString.CopyFrom(_identity.PublicKey.ToProtobuf()),
        ListenAddrs = { AdvertisedAddresses.Select(static address => ByteString.CopyFrom(address.ToByteArray())) },
        Protocols = { _handlers.Keys },
        ObservedAddr = ByteString.CopyFrom(connection.RemoteAddress.ToByteArray()),
        ProtocolVersion = IdentifyProtocol.ProtocolVersion,
        AgentVersion = _options.AgentVersion,
    };

    private Task AnswerPingAsync(MuxedStream stream) => PingProtocol.AnswerAsync(stream, PingPatience, _time);

    private async Task AnswerIdentifyAsync(MuxedStream stream)
    {
        using var deadline = Deadline.Start(_time, _options.HandshakeTimeout, CancellationToken.None);
        await IdentifyProtocol.SendAsync(stream, DescribeSelf(stream.Connection), deadline.Token).ConfigureAwait(false);
    }

    private async Task TakeIdentifyPushAsync(MuxedStream stream)
    {
        using var deadline = Deadline.Start(_time, _options.HandshakeTimeout, CancellationToken.None);
        PeerIdentity push = await IdentifyProtocol.ReceiveAsync(stream, stream.Connection.RemotePeer, deadline.Token).ConfigureAwait(false);
        stream.Connection.RemoteIdentity = stream.Connection.RemoteIdentity?.UpdatedBy(push) ?? push;
        await stream.CloseWriteAsync(deadline.Token).ConfigureAwait(false);
    }

    private async Task IdentifyAsync(Connection connection, CancellationToken running)
    {
        MuxedStream? stream = null;
        try
        {
            using var deadline = Deadline.Start(_time, _options.HandshakeTimeout, running);
            stream = await OpenStreamAsync(connection, IdentifyProtocol.Id, allowLimited: true, deadline.Token).ConfigureAwait(false);
            await stream.CloseWriteAsync(deadline.Token).ConfigureAwait(false);
            connection.RemoteIdentity =
                await IdentifyProtocol.ReceiveAsync(stream, connection.RemotePeer, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            stream?.Reset(); // it may go on sending for ever
            LogIdentifyFailed(_log, connection.RemotePeer, e.Message);
        }
        finally
        {
            if (stream is not null)
                await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void PushIdentity()
    {
        if (_stopping is not { } stopping || stopping.IsCancellationRequested)
            return;
        foreach (Connection connection in _connections.Snapshot())
        {
            if (connection.RemoteIdentity is { } remote && remote.Protocols.Contains(IdentifyProtocol.PushId))
                _tasks.Run(() => PushIdentityAsync(connection));
        }
    }

    private async Task PushIdentityAsync(Connection connection)
    {
        try
        {
            using var deadline = Deadline.Start(_time, _options.HandshakeTimeout, CancellationToken.None);
            await using MuxedStream stream = await OpenStreamAsync(connection, IdentifyProtocol.PushId, allowLimited: true, deadline.Token).ConfigureAwait(false);
            await IdentifyProtocol.SendAsync(stream, DescribeSelf(connection), deadline.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            LogIdentifyFailed(_log, connection.RemotePeer, e.Message);
        }
    }
}
