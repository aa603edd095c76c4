namespace Relay;

/// <summary>The <see cref="Config.Connection"/> section: how many connections the node carries, and what it serves over them.</summary>
public sealed class ConnectionConfig
{
    /// <summary>The relay service: reservations and circuits for other peers.</summary>
    public RelayServiceConfig RelayService
    {
        get;
        set => field = value ?? throw new ArgumentNullException(nameof(value));
    } = new();

    /// <summary>Staying reachable through other peers' relays.</summary>
    public AutoRelayConfig AutoRelay
    {
        get;
        set => field = value ?? throw new ArgumentNullException(nameof(value));
    } = new();

    /// <summary>Whether other peers can dial this node directly.</summary>
    /// <remarks>
    /// Default: <see cref="Reachability.Unknown"/>, which seeks relays when it knows of any. <see cref="Reachability.Private"/> does the same, and warns when it
    /// knows of none; <see cref="Reachability.Public"/> seeks none. The node does not find out by itself.
    /// </remarks>
    public Reachability Reachability { get; set; }

    /// <summary>
    /// How many secured connections the node holds at once, inbound and outbound together. One more takes the place of the inbound one that has been idle for longest, and for
    /// 20 s at least; when there is none, it is closed. A connection is not idle while its peer holds a reservation, has a circuit or any stream but
    /// identify and ping open, or is protected (<see cref="RelayNode.Protect"/>).
    /// </summary>
    /// <remarks>
    /// Default: 1024, eight for each of the 128 reservations, so that sources find room beside the reserved peers. Range: 1 to 1 000 000.
    /// Each connection costs a socket (a file descriptor) and its buffers.
    /// </remarks>
    public int MaxConnections { get; set; } = 1024;

    /// <summary>How many inbound ones of these one IPv4 address, or one IPv6 network of 64 bits, may hold. Loopback is exempt.</summary>
    /// <remarks>
    /// Default: 64, enough for an office or a host full of containers behind one address, and far from <see cref="MaxConnections"/>, so
    /// that no single address fills the node. Range: 1 to 1 000 000. Raising it lets one address take a larger share.
    /// </remarks>
    public int MaxConnectionsPerIp { get; set; } = 64;

    /// <summary>
    /// How many inbound connections may be in the middle of their handshake (multistream-select, Noise, muxer) at once. For one more, the
    /// oldest of them is closed, so that peers that stall keep nobody out.
    /// </summary>
    /// <remarks>
    /// Default: 128; a handshake costs about a millisecond of CPU and a few round trips, so that 128 unfinished ones are a burst that
    /// clears at once, or peers that stall. Range: 1 to 65 536. Each costs a socket and a few KiB until its <see cref="HandshakeTimeout"/>.
    /// </remarks>
    public int MaxPendingHandshakes { get; set; } = 128;

    /// <summary>How many streams one connection may hold open at once in each direction. Each circuit of a peer is one of them.</summary>
    /// <remarks>
    /// Default: 1024, as many as there are circuits in total (<see cref="RelayServiceConfig.MaxTotalCircuits"/>), so that circuits are
    /// refused by their own limits, with a status, before the muxer refuses their streams. Keep it above
    /// <see cref="RelayServiceConfig.MaxCircuits"/>. Range: 8 (identify, ping and HOP need room) to 65 536. Each stream may promise its
    /// peer a 256 KiB receive window.
    /// </remarks>
    public int MaxStreamsPerConnection { get; set; } = 1024;

    /// <summary>
    /// How long each step of a handshake may take: agreeing on security, Noise, agreeing on a muxer, agreeing on the protocol of a stream.
    /// </summary>
    /// <remarks>
    /// Default: 10 s, what go-libp2p grants: a step is a round trip or two, which even a bad satellite link makes in time. Range: 100 ms to
    /// 10 min. Raising it lets stalling peers hold their <see cref="MaxPendingHandshakes"/> places longer.
    /// </remarks>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
