namespace Relay;

/// <summary>
/// The <see cref="ConnectionConfig.AutoRelay"/> section: how the node stays reachable through other peers' relays. It reserves slots on them, renews those
/// well before they expire, and goes elsewhere when one is lost or refused. Independent of whether the node serves as a relay itself.
/// </summary>
/// <remarks>
/// The node knows of relays from <see cref="StaticRelays"/> and from a candidate source (<see cref="NodeBuilder.WithRelayCandidates"/>). Without either
/// there is nothing to seek, and nothing runs. Mutable and not thread-safe, as <see cref="Config"/> is.
/// </remarks>
public sealed class AutoRelayConfig
{
    /// <summary>Whether the node seeks relays when it knows of any and is not <see cref="Reachability.Public"/>.</summary>
    /// <remarks>
    /// Default: true, as EdgeVPN's <c>--autorelay</c>. Off, the node reserves only where the application asks it to
    /// (<see cref="Relays.ReserveAsync"/>).
    /// </remarks>
    public bool Enabled { get; set; } = true;

    /// <summary>Relays that are known beforehand, each <c>ADDR/p2p/ID</c>. Several addresses of one relay are one relay, tried in their order.</summary>
    /// <remarks>
    /// Default: empty. Static relays come before those of a candidate source, and are asked at once at start. Range: up to 32 addresses, each ending in
    /// <c>/p2p/ID</c>, none through a relay itself. The list starts empty because binders append to what they find. A relay that is not needed, because
    /// <see cref="WantedRelays"/> are held, costs nothing.
    /// </remarks>
    public IList<string> StaticRelays
    {
        get;
        set => field = value ?? throw new ArgumentNullException(nameof(value));
    } = [];

    /// <summary>Whether only <see cref="StaticRelays"/> are used and a candidate source is never asked.</summary>
    /// <remarks>Default: false, as EdgeVPN's <c>--autorelay-static-only</c>: a source, when the application gives one, is used.</remarks>
    public bool OnlyStaticRelays { get; set; }

    /// <summary>On how many relays the node wants to hold a reservation at once.</summary>
    /// <remarks>
    /// Default: 2, as go-libp2p: one can fail without a gap. Range: 1 to 16, since every relay adds up to four addresses, and up to 512 bytes, to what
    /// identify tells in 4 KiB: what does not fit is left out, a private node's own addresses first. Each costs a connection and a slot on a relay that others could use.
    /// </remarks>
    public int WantedRelays { get; set; } = 2;

    /// <summary>
    /// How long, after start, the relays of a candidate source wait for better ones. It ends early once there are four for every one wanted. Static relays
    /// do not wait.
    /// </summary>
    /// <remarks>
    /// Default: 10 s; go-libp2p waits 3 min for a public DHT, where an application's own source answers within seconds. Range: 0 to 1 h. Raising it leaves
    /// the node unreachable for longer after start; 0 takes the first relay there is.
    /// </remarks>
    public TimeSpan BootDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a relay that has refused is left alone before it is asked again. It doubles with every refusal in a row, up to <see cref="MaxRetryBackOff"/>, and
    /// once only where the relay does not admit the node (PERMISSION_DENIED). Each wait is varied by a fifth either way, so that peers refused together do not
    /// come back together.
    /// </summary>
    /// <remarks>
    /// Default: 5 s, where go-libp2p waits an hour: who has just become a member of a network is reachable within twelve seconds, since it is asked every ten,
    /// varied by a fifth. A RESERVE costs a relay less than a millisecond, and a connection for it one handshake. Range: 100 ms to 1 d. A relay that cannot be reached is tried again after a second at first, or after this when it is less.
    /// </remarks>
    public TimeSpan RetryBackOff { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest that any relay is left alone.</summary>
    /// <remarks>
    /// Default: 1 min: how long, but for the fifth it is varied by, a relay that came back or has room again goes unnoticed. Range: 100 ms to 1 d; less than
    /// <see cref="RetryBackOff"/> counts as that. Lowering it costs relays requests in vain.
    /// </remarks>
    public TimeSpan MaxRetryBackOff { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often the candidate source is asked while the node holds fewer reservations than it wants and knows of nobody else to ask.</summary>
    /// <remarks>
    /// Default: 30 s, as go-libp2p. EdgeVPN has a setting of this name with a default of 5 min, which it does not pass on. Range: 1 s to 1 d. What asking
    /// costs is the source's to know.
    /// </remarks>
    public TimeSpan DiscoveryInterval { get; set; } = TimeSpan.FromSeconds(30);
}
