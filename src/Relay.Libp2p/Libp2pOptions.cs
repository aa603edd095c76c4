using Relay.Libp2p.Yamux;
using Relay.Multiformats;

namespace Relay.Libp2p;

/// <summary>What a <see cref="Libp2pNode"/> listens on and how much it takes. Immutable; the defaults suit a relay on a small server.</summary>
public sealed record Libp2pOptions
{
    /// <summary>Where to listen. Empty: nowhere, the node only dials.</summary>
    public IReadOnlyList<Multiaddress> ListenAddresses { get; init; } = [];

    /// <summary>
    /// What to tell others to dial instead of the listen addresses: set it behind 1:1 NAT or port mapping. Empty: the public listen addresses, or,
    /// when none is public, the private ones.
    /// </summary>
    public IReadOnlyList<Multiaddress> AnnounceAddresses { get; init; } = [];

    /// <summary>
    /// Connections in total, both directions. One more takes the place of an idle one (<see cref="IdleGrace"/>); when there is none, it is closed at once, or the
    /// dial fails. Default 1024.
    /// </summary>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>
    /// How long a connection may be idle before it can give way to a newer one, when there are as many as there may be. Of those that remotes opened, on which no stream
    /// is open but for identify and ping, and whose peer nobody protects (<see cref="Libp2pNode.Protect"/>), the one that has been idle for longest does.
    /// Default 20 s: time for a new peer to ask for what it came for.
    /// </summary>
    public TimeSpan IdleGrace { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Inbound connections per remote IPv4 address or IPv6 network of 64 bits, counted from the moment they are accepted; one more is closed at once. Loopback
    /// is exempt. Default 64: a household or office behind one address, not a flood.
    /// </summary>
    public int MaxConnectionsPerIp { get; init; } = 64;

    /// <summary>
    /// Inbound connections that have not finished their handshakes; for one more the oldest of them is closed, so that peers that stall keep nobody out.
    /// Default 128.
    /// </summary>
    public int MaxPendingHandshakes { get; init; } = 128;

    /// <summary>Streams per connection in each direction; one more inbound is reset. Default 1024, more than js-libp2p (1000) opens.</summary>
    public int MaxStreamsPerConnection { get; init; } = 1024;

    /// <summary>The time for each step of a handshake: security negotiation, Noise, muxer negotiation, stream negotiation. Default 10 s, as go's.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The time to resolve a name, and the time to connect a socket to one address. Default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may be silent before it is asked for a sign of life. Default 30 s, as go's.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the sign of life may take before the connection is given up. Default 30 s.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The largest receive window of one stream, in bytes, 256 KiB or more. Default 16 MiB, as go's and js's; every stream starts at 256 KiB.</summary>
    public int MaxStreamWindow { get; init; } = 16 * 1024 * 1024;

    /// <summary>
    /// How many bytes the receive windows of all streams together may grow by. Default 64 MiB; with none left, streams stay at 256 KiB, which
    /// costs throughput on fast links with long round trips and nothing else.
    /// </summary>
    public long WindowBudget { get; init; } = 64L * 1024 * 1024;

    /// <summary>
    /// How many received bytes all streams together may hold that nobody has read. A connection may hold as many as it leaves free, so that one alone takes at
    /// most half; a stream that would pass that is reset. Default 512 MiB: both windows of 1024 circuits between many peers whose receivers have stopped
    /// reading.
    /// </summary>
    public long MaxUnreadBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>The agent version that identify tells.</summary>
    public string AgentVersion { get; init; } = "relay-config/0.1.0";

    internal void ThrowIfInvalid()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxConnections);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxConnectionsPerIp);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxPendingHandshakes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxStreamsPerConnection);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(HandshakeTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ConnectTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(KeepAliveInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(KeepAliveTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(IdleGrace, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxStreamWindow, (int)YamuxProtocol.InitialWindow);
        ArgumentOutOfRangeException.ThrowIfNegative(WindowBudget);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxUnreadBytes, YamuxProtocol.InitialWindow);
    }
}
