using Google.Protobuf;
using Relay.Libp2p.Identify;
using Relay.Libp2p.Identify.Wire;
using Relay.Libp2p.Ping;
using Relay.Multiformats;

namespace Relay.Libp2p;

// identify: asked of every new connection, answered to everybody, pushed when the protocols or the addresses change.
public sealed partial class Libp2pNode
{
    /// <summary>How many identify, push or ping streams of one connection are served at a time; a good peer has one or two.</summary>
    internal const int MaxServiceStreams = 16;

    /// <summary>How long a push that failed waits for its repetition, each time it fails; after the last it is for the next change to make good.</summary>
    internal static readonly TimeSpan[] PushPauses = [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(45)];

    private static readonly TimeSpan PingPatience = TimeSpan.FromMinutes(1);

    private readonly PeerRecordSigner _record;
    private readonly CallbackList<Connection> _pushed = new();
    private IReadOnlyList<Multiaddress> _alsoAdvertised = [];
    private bool _areOwnLast; // the addresses that others are told
    private int _selfVersion; // counts what has changed about this node

    /// <summary>
    /// Advertises <paramref name="addresses"/>, without <c>/p2p/ID</c> of this node, beside <see cref="AdvertisedAddresses"/>, instead of those given before: addresses
    /// that lead here by way of somebody else. Connected peers are told by identify push when they have changed.
    /// </summary>
    /// <param name="addresses">The addresses.</param>
    /// <param name="beforeOwn">
    /// Whether they are told before all of its own, as by a node that nobody can dial directly; otherwise before those that only its own network reaches. What does
    /// not fit into a message is left out from the end.
    /// </param>
    public void AdvertiseAlso(IReadOnlyList<Multiaddress> addresses, bool beforeOwn = false)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        Volatile.Write(ref _areOwnLast, beforeOwn);
        if (!Interlocked.Exchange(ref _alsoAdvertised, [.. addresses]).SequenceEqual(addresses))
            PushIdentity();
    }

    /// <summary>
    /// Calls <paramref name="callback"/> when the peer of a connection has said by identify push that something about it has changed;
    /// <see cref="Connection.RemoteIdentity"/> has it. It must be quick and must not throw.
    /// </summary>
    /// <returns>The subscription; dispose it to end it.</returns>
    public IDisposable OnIdentityPushed(Action<Connection> callback) => _pushed.Add(callback);

    private IdentifyMessage DescribeSelf(Connection connection)
    {
        // Before the rest is looked at: what changes meanwhile is told once more, not missed.
        connection.ToldVersion = Volatile.Read(ref _selfVersion);
        return Describe(connection);
    }

    private IdentifyMessage Describe(Connection connection)
    {
        // What does not fit is left out from the end: the way by somebody else is worth more than an address that only the neighbours reach.
        IReadOnlyList<Multiaddress> byOthers = Volatile.Read(ref _alsoAdvertised);
        IEnumerable<Multiaddress> byWorth =
            Volatile.Read(ref _areOwnLast) ? byOthers.Concat(AdvertisedAddresses) : AddressScope.ByWorth(AdvertisedAddresses, byOthers);
        IReadOnlyList<Multiaddress> addresses = [.. byWorth.Take(IdentifyProtocol.MaxToldAddresses)];
        return new()
        {
            PublicKey = ByteString.CopyFrom(_identity.PublicKey.ToProtobuf()),
            ListenAddrs = { addresses.Select(static address => ByteString.CopyFrom(address.ToByteArray())) },
            Protocols = { _handlers.Keys },
            ObservedAddr = ByteString.CopyFrom(connection.RemoteAddress.ToByteArray()),
            ProtocolVersion = IdentifyProtocol.ProtocolVersion,
            AgentVersion = _options.AgentVersion,
            SignedPeerRecord = _record.Sign(addresses),
        };
    }

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
        stream.Connection.Take(push);
        _pushed.Tell(stream.Connection);
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
            PeerIdentity answer = await IdentifyProtocol.ReceiveAsync(stream, connection.RemotePeer, deadline.Token).ConfigureAwait(false);
            connection.Introduce(answer);

            // It was not known to take pushes when this changed, and had asked before: it has what was true then.
            if (connection.ToldVersion is { } told && told != Volatile.Read(ref _selfVersion))
                Push(connection);
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
        Interlocked.Increment(ref _selfVersion);
        foreach (Connection connection in _connections.Snapshot())
            Push(connection);
    }

    // One push at a time to a peer: of two at once, the older could arrive last.
    private void Push(Connection connection)
    {
        if (_stopping is not { } stopping || stopping.IsCancellationRequested)
            return;
        if (connection.RemoteIdentity is { } remote && remote.Protocols.Contains(IdentifyProtocol.PushId) && connection.Pushes.TryBegin())
            _tasks.Run(() => PushAllAsync(connection));
    }

    private async Task PushAllAsync(Connection connection)
    {
        do
        {
            for (int failed = 0; !await TryPushIdentityAsync(connection).ConfigureAwait(false) && connection.IsUsable && failed < PushPauses.Length; failed++)
                await Task.Delay(PushPauses[failed], _time, connection.Ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        while (!connection.Pushes.TryEnd());
    }

    // False when it is worth another try.
    private async Task<bool> TryPushIdentityAsync(Connection connection)
    {
        try
        {
            using var deadline = Deadline.Start(_time, _options.HandshakeTimeout, CancellationToken.None);
            await using MuxedStream stream = await OpenStreamAsync(connection, IdentifyProtocol.PushId, allowLimited: true, deadline.Token).ConfigureAwait(false);
            await IdentifyProtocol.SendAsync(stream, DescribeSelf(connection), deadline.Token).ConfigureAwait(false);

            // The remote closes its side when it has taken the message; the next one must not overtake it there.
            await stream.ReadAsync(new byte[1], deadline.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            LogIdentifyFailed(_log, connection.RemotePeer, e.Message);
            return e is StreamException { Reason: StreamError.ProtocolNotSupported };
        }
        catch (Exception e)
        {
            LogUnexpected(_log, e); // and not past the gate, which would stay closed
            return false;
        }
    }
}
