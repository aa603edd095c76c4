using Relay.Circuit;

namespace Relay;

/// <summary>
/// The <see cref="ConnectionConfig.RelayService"/> section: the circuit relay v2 service this node offers to others, and its limits. The
/// defaults are EdgeVPN's where it has one: wide enough to carry model files between the nodes of a cluster, much wider than libp2p's.
/// </summary>
public sealed partial class RelayServiceConfig
{
    /// <summary>
    /// Whether the node serves no one: no HOP protocol, no reservations. Reserving on <em>other</em> relays works either way.
    /// </summary>
    /// <remarks>Default: false. The flag and the variable ask the opposite question: <c>--relay-service=false</c> disables.</remarks>
    public bool Disabled { get; set; }

    /// <summary>
    /// Whether only members of the network may reserve a slot. Who may connect through the relay to a peer that holds one is for <see cref="ConnectPolicy"/>
    /// to say.
    /// </summary>
    /// <remarks>
    /// Default: true, secure by default as EdgeVPN's command line. An enabled relay then needs a membership source. With false, any peer
    /// that reaches the node can reserve, within the limits below.
    /// </remarks>
    public bool NetworkOnly { get; set; } = true;

    /// <summary>How often the membership source is read again. A source that signals its changes is read at once as well.</summary>
    /// <remarks>
    /// Default: 30 s, EdgeVPN's: well below the two minutes between the heartbeats of its members. Range: 100 ms to 24 h. Lowering it costs
    /// reads of the source; raising it delays joins and revocations.
    /// </remarks>
    public TimeSpan NetworkOnlyRefresh { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What makes a sighting a member and for how long, and the bootstrap window.</summary>
    public MembershipConfig Membership
    {
        get;
        set => field = value ?? throw new ArgumentNullException(nameof(value));
    } = new();

    /// <summary>Who may open circuits through a relay for members only; without <see cref="NetworkOnly"/> it says nothing, and anyone may.</summary>
    /// <remarks>
    /// Default: <see cref="ConnectPolicy.Anyone"/>, EdgeVPN's: whoever is reached is a member that has asked to be. <see cref="ConnectPolicy.MembersOnly"/> keeps
    /// strangers from spending the relay's traffic and from knocking at members' doors; a peer that is new to the network can then not reach it through this relay.
    /// </remarks>
    public ConnectPolicy ConnectPolicy { get; set; } = ConnectPolicy.Anyone;

    /// <summary>What becomes of the reservation, and the circuits, of a peer that access control no longer admits.</summary>
    /// <remarks>
    /// Default: <see cref="MembershipLoss.Keep"/>, EdgeVPN's: they last until they end by themselves, at most <see cref="ReservationTtl"/> and
    /// <see cref="MaxDuration"/>, so that a set of members that flickers cuts nobody off. <see cref="MembershipLoss.Evict"/> ends the reservation at once;
    /// <see cref="MembershipLoss.Drain"/> also resets, after <see cref="MembershipLossDrain"/>, the circuits that would not be admitted any more.
    /// </remarks>
    public MembershipLoss OnMembershipLoss { get; set; } = MembershipLoss.Keep;

    /// <summary>How long circuits run on with <see cref="MembershipLoss.Drain"/> before they are reset, unless their peer is admitted again.</summary>
    /// <remarks>
    /// Default: 1 min, two readings of the members: what is being sent gets through, and a member that one reading has missed loses nothing. Range: 0 s, at
    /// once, to 24 h. Raising it lets the expelled stay longer.
    /// </remarks>
    public TimeSpan MembershipLossDrain { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Bytes <em>per direction</em> that one circuit may carry. Exactly that many pass; one more resets the circuit.</summary>
    /// <remarks>
    /// Default: 1 GiB, EdgeVPN's (libp2p: 128 KiB): a large file fits. Null: unlimited; in text only the word <c>unlimited</c>. Range: 1
    /// and up. Raising it costs traffic, not memory.
    /// </remarks>
    public long? MaxData { get; set; } = 1L << 30;

    /// <summary>How long one circuit may last before it is reset.</summary>
    /// <remarks>
    /// Default: 30 min, EdgeVPN's (libp2p: 2 min). Null: unlimited; in text only the word <c>unlimited</c>. Range: 1 ms to 365 d; peers are
    /// told whole seconds, rounded up. Raising it keeps circuits, and their buffers, longer.
    /// </remarks>
    public TimeSpan? MaxDuration { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How many circuits one peer may take part in at once, as source and as destination together.</summary>
    /// <remarks>
    /// Default: 64, EdgeVPN's (libp2p: 16). Range: 1 to 65 536. Each open circuit costs up to two buffers of <see cref="BufferSize"/> and
    /// the receive windows of two streams. <see cref="MaxTotalCircuits"/> holds as well.
    /// </remarks>
    public int MaxCircuits { get; set; } = 64;

    /// <summary>How many circuits the relay carries at once, over all peers.</summary>
    /// <remarks>
    /// Default: 1024, which bounds the splice buffers at 128 MiB with the default <see cref="BufferSize"/>; EdgeVPN and go-libp2p have no
    /// such bound, and 128 reservations of 64 circuits would be 1 GiB of them. Range: 1 to 1 000 000. Raising it costs memory in
    /// proportion.
    /// </remarks>
    public int MaxTotalCircuits { get; set; } = 1024;

    /// <summary>How long a reservation holds before its peer must have renewed it.</summary>
    /// <remarks>
    /// Default: 1 h, EdgeVPN's and libp2p's. Range: 1 s to 365 d; peers are told whole seconds. A lower one costs renewals; below a minute,
    /// clients that renew late lose their slot. A higher one keeps slots of peers that stay connected and no longer need them.
    /// </remarks>
    public TimeSpan ReservationTtl { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Bytes of the buffer that each direction of a circuit is copied through.</summary>
    /// <remarks>
    /// Default: 65 536, EdgeVPN's (libp2p: 2 KiB): large frames pass in one piece, which more than doubles the throughput of 2 KiB. Range:
    /// 1 KiB to 16 MiB. Each open circuit holds up to two.
    /// </remarks>
    public int BufferSize { get; set; } = 64 * 1024;

    /// <summary>How many bytes per second one circuit carries in each direction.</summary>
    /// <remarks>
    /// Default: null, unlimited, as everybody's: <see cref="MaxData"/> and <see cref="MaxDuration"/> bound what a circuit takes. In text
    /// only the word <c>unlimited</c>. Range: 1 KiB to 1 TiB. A faster sender is held back, nothing is lost. A quarter of a second's bytes
    /// may pass at once after a rest.
    /// </remarks>
    public long? MaxCircuitBandwidth { get; set; }

    /// <summary>How many bytes per second all circuits carry together, both directions counted.</summary>
    /// <remarks>
    /// Default: null, unlimited: the node does not know its link. In text only the word <c>unlimited</c>. Range: 1 KiB to 1 TiB. When
    /// circuits want more, each gets the same share. Each byte comes in and goes out, so half of what the link carries is the most to set.
    /// </remarks>
    public long? MaxTotalBandwidth { get; set; }

    /// <summary>How long a circuit may go without a byte in either direction before it is reset.</summary>
    /// <remarks>
    /// Default: null, unlimited, as everybody's: applications keep connections open without a word, and <see cref="MaxDuration"/> ends
    /// them. In text only the word <c>unlimited</c>. Range: 1 s to 365 d. Below the keep-alive of the peers inside the circuit (30 s is
    /// common) it cuts circuits that are in use, and those whose receiver takes less than half a window, 128 KiB, in that time: it says no sooner
    /// that it has read.
    /// </remarks>
    public TimeSpan? CircuitIdleTimeout { get; set; }

    /// <summary>The memory in bytes that the node may take at worst, as <see cref="RelayBudget.WorstCase(IEnumerable{NodeOption})"/> counts it.</summary>
    /// <remarks>
    /// Default: null, none; the caps bound what can be taken, and the log says at every start how much that is. In text, none is the word
    /// <c>unlimited</c>. Range: 1 MiB and up. A configuration that could take more is an error that says which part takes how much. As the
    /// budget fills up while the node runs, the relay turns away the circuits of peers that hold no reservation at 80 %, all new circuits at
    /// 90 % and new reservations at 95 %, never renewals.
    /// </remarks>
    public long? MemoryBudget { get; set; }

    /// <summary>How many peers may hold a reservation at once; each peer holds one.</summary>
    /// <remarks>Default: 128, libp2p's. Range: 1 to 1 000 000. An idle reservation costs its connection, which it keeps open.</remarks>
    public int MaxReservations { get; set; } = 128;

    /// <summary>How many of these may come from one IP address.</summary>
    /// <remarks>
    /// Default: 8, libp2p's: a household or a small office. Range: 1 to 1 000 000. Raise it when many members share one address
    /// (containers, carrier NAT); the cost is that one address can take more of <see cref="MaxReservations"/>.
    /// </remarks>
    public int MaxReservationsPerIp { get; set; } = 8;
}
