using System.Collections.Immutable;
using Relay.Libp2p.Identify;
using Relay.Libp2p.Noise;
using Relay.Libp2p.Transports;
using Relay.Libp2p.Yamux;
using Relay.Multiformats;

namespace Relay.Libp2p;

/// <summary>
/// A secured and multiplexed connection to a peer whose identity is proven. Made and owned by a <see cref="Libp2pNode"/>; ends when either side closes
/// it or the node stops. Thread-safe.
/// </summary>
public sealed class Connection
{
    private readonly YamuxSession _session;
    private readonly LimitMeter? _meter;
    private readonly CancellationTokenSource _ended = new();
    private PeerIdentity? _remoteIdentity;

    internal Connection(YamuxSession session, RawConnection raw, NoiseSession noise, bool isOutbound, DateTimeOffset openedAt)
    {
        _session = session;
        _session.Connection = this;
        RemotePeer = noise.RemotePeer;
        RemoteKey = noise.RemoteKey;
        LocalAddress = raw.LocalAddress;
        RemoteAddress = raw.RemoteAddress;
        IsRelayed = raw.IsRelayed;
        _meter = raw.Meter;
        IsOutbound = isOutbound;
        OpenedAt = openedAt;
    }

    /// <summary>The authenticated peer at the other end.</summary>
    public PeerId RemotePeer { get; }

    /// <summary>Its identity key.</summary>
    public PublicKey RemoteKey { get; }

    /// <summary>This end's address, as the transport sees it.</summary>
    public Multiaddress LocalAddress { get; }

    /// <summary>The other end's address, as the transport sees it.</summary>
    public Multiaddress RemoteAddress { get; }

    /// <summary>Whether it goes through a relay.</summary>
    public bool IsRelayed { get; }

    /// <summary>The bounds its relay has set on it; null when there are none. Streams on a bounded connection are opened only when asked for as such.</summary>
    public ConnectionLimit? Limit => _meter?.Limit;

    /// <summary>
    /// What is left of <see cref="Limit"/> now; null when there are none. When one of them ends the connection, its streams fail with
    /// <see cref="StreamError.LimitReached"/>.
    /// </summary>
    public RemainingLimit? Remaining => _meter?.Remaining;

    /// <summary>Whether this node dialed.</summary>
    public bool IsOutbound { get; }

    /// <summary>When it was established.</summary>
    public DateTimeOffset OpenedAt { get; }

    /// <summary>What the remote said of itself by identify; null until it has.</summary>
    public PeerIdentity? RemoteIdentity => Volatile.Read(ref _remoteIdentity);

    /// <summary>Which state of this node the remote was told last; null: none.</summary>
    internal int? ToldVersion { get; set; }

    /// <summary>The identify pushes to it.</summary>
    internal PushGate Pushes { get; } = new();

    /// <summary>How many streams are open in either direction.</summary>
    public int StreamCount => _session.StreamCount;

    /// <summary>Ends, without fault, when the connection has ended.</summary>
    public Task Closed => _session.Completion;

    /// <summary>
    /// Is cancelled when the connection has ended, whoever ended it: the remote, this side, a stop of the node. What is done for the peer at the other end can
    /// end with it.
    /// </summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Why it ended; null while it is open.</summary>
    public Exception? CloseReason => _session.CloseReason;

    /// <summary>Says goodbye to the remote, as far as it listens, and closes; all streams fail. Closing twice does nothing more.</summary>
    public Task CloseAsync() =>
        _session.CloseAsync(YamuxProtocol.GoAwayNormal, new IOException("The connection was closed here."));

    /// <summary>The same, because a newer connection has its place.</summary>
    internal Task GiveWayAsync() =>
        _session.CloseAsync(YamuxProtocol.GoAwayNormal, new IOException("It was idle, and a newer connection has its place."));

    /// <summary>Closes without a word.</summary>
    public void Abort() => _session.Terminate(new IOException("The connection was aborted here."));

    /// <summary>Whether streams can be opened on it: it is open, neither side has said goodbye, and it is not about to be closed.</summary>
    internal bool IsUsable => !IsRetired && _session.IsUsable;

    /// <summary>Since when nobody has used it, as a timestamp; identify, push and ping are no use. Null while somebody does.</summary>
    internal long? IdleSince => _session.IdleSince;

    /// <summary>Its place under the caps of the node.</summary>
    internal ConnectionSlot? Slot { get; set; }

    /// <summary>Ends when no stream is open on it, be it only for a moment.</summary>
    internal Task WhenIdle() => _session.WhenIdle();

    /// <summary>Whether somebody here has asked for it for good, whoever opened it; guarded by the table of connections, as all that is about loans.</summary>
    internal bool IsAskedFor { get; set; }

    /// <summary>How many have it on loan.</summary>
    internal int Loans { get; set; }

    /// <summary>Whether its last loan is over, and it is about to be closed.</summary>
    internal bool IsRetired { get; set; }

    /// <summary>Cancels <see cref="Ended"/>, and waits for those who are told; never on the caller's thread.</summary>
    internal Task TellEndedAsync() => _ended.CancelAsync();

    /// <summary>Takes what the remote answered when it was asked who it is; what it has pushed meanwhile is newer, or the same.</summary>
    internal void Introduce(PeerIdentity answer) => ImmutableInterlocked.Update(ref _remoteIdentity, pushed => pushed is null ? answer : answer.UpdatedBy(pushed));

    /// <summary>Takes what the remote has pushed, which may be only what has changed.</summary>
    internal void Take(PeerIdentity push) => ImmutableInterlocked.Update(ref _remoteIdentity, known => known?.UpdatedBy(push) ?? push);

    internal void Start(Action<YamuxStream> accept) => _session.Start(accept);

    internal YamuxStream OpenStream() => _session.OpenStream();
}
