namespace Relay.Circuit;

/// <summary>
/// What a <see cref="CircuitRelay"/> grants and to how many: immutable, and wide enough by default to carry a cluster's traffic (EdgeVPN's numbers, not
/// libp2p's introductory ones).
/// </summary>
public sealed partial record CircuitRelayOptions
{
    // What follows another option for as long as it is not set itself.
    private readonly int? _maxHopStreamsPerConnection;
    private readonly (int? Maximum, bool IsSet) _maxReservationsPerIpv6Prefix;

    /// <summary>
    /// Bytes a circuit carries in each direction before it is reset; null lifts the limit. Default 1 GiB: a big transfer, yet an end to it. At least 1.
    /// </summary>
    public long? MaxData { get; init; } = 1L << 30;

    /// <summary>
    /// How long a circuit lasts before it is reset; null lifts the limit. Default 30 minutes: a session, after which the ends may have found a direct way.
    /// More than zero; announced in whole seconds, rounded up.
    /// </summary>
    public TimeSpan? MaxDuration { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Open circuits one peer may take part in, as source and as destination together. Default 64. At least 1. Raising it raises what one peer can make
    /// the relay hold in memory; see <see cref="MaxTotalCircuits"/>.
    /// </summary>
    public int MaxCircuits { get; init; } = 64;

    /// <summary>
    /// Open circuits in total. Default 1024, because memory needs an end: a circuit can hold two splice buffers (<see cref="BufferSize"/>) and what the
    /// muxer has promised to receive on two streams (256 KiB each), so 1024 of them are 640 MiB at worst, where 128 reservations with 64 circuits each
    /// would be 5 GiB. At least 1.
    /// </summary>
    public int MaxTotalCircuits { get; init; } = 1024;

    /// <summary>
    /// How long a reservation lasts unless renewed. Default 1 hour, as everybody's. From 1 second to 366 days; below about one minute js-libp2p clients
    /// cannot renew in time.
    /// </summary>
    public TimeSpan ReservationTtl { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Bytes of the buffer a circuit rents for a direction while that direction carries data. Default 65536: with go's 2048 the relay spends more than
    /// twice the CPU per byte. From 1024 to 16 MiB; from 64 KiB on it is used in multiples of what fits into one Noise message, a little less than that.
    /// </summary>
    public int BufferSize { get; init; } = 65536;

    /// <summary>Peers that may hold a reservation at the same time; each holds one. Default 128. At least 1.</summary>
    public int MaxReservations { get; init; } = 128;

    /// <summary>
    /// Reservations from one IP address; an IPv4-mapped IPv6 address counts as the IPv4 one. Default 8: several nodes behind one NAT, not a farm. At least 1.
    /// </summary>
    public int MaxReservationsPerIp { get; init; } = 8;

    /// <summary>
    /// Reservations from one IPv4 network of <see cref="Ipv4PrefixLength"/>; null for no limit, the default: IPv4 addresses are scarce enough to be counted one
    /// by one, and the nodes of one LAN are neighbours. At least 1.
    /// </summary>
    public int? MaxReservationsPerIpv4Prefix { get; init; }

    /// <summary>The prefix length of the networks <see cref="MaxReservationsPerIpv4Prefix"/> counts by. Default 24, the least that is routed. From 1 to 32.</summary>
    public int Ipv4PrefixLength { get; init; } = 24;

    /// <summary>
    /// Reservations from one IPv6 network of <see cref="Ipv6PrefixLength"/>; null for no limit. Default 32, libp2p's and EdgeVPN's number for an IPv6 network
    /// (an autonomous system, there), or <see cref="MaxReservationsPerIp"/> where that is more, which an IPv6 address would never reach otherwise: who has one
    /// IPv6 address has 2^64 of them, so that counting addresses bounds nothing. At least 1.
    /// </summary>
    public int? MaxReservationsPerIpv6Prefix
    {
        get => _maxReservationsPerIpv6Prefix.IsSet ? _maxReservationsPerIpv6Prefix.Maximum : Math.Max(32, MaxReservationsPerIp);
        init => _maxReservationsPerIpv6Prefix = (value, true);
    }

    /// <summary>
    /// The prefix length of the networks <see cref="MaxReservationsPerIpv6Prefix"/>, and rates per IP address, count by. Default 56, what a home or a small
    /// site gets. From 1 to 128. Changing it while the relay runs starts the rates of IPv6 networks anew.
    /// </summary>
    public int Ipv6PrefixLength { get; init; } = 56;

    /// <summary>
    /// Networks whose addresses are not counted: not by <see cref="MaxReservationsPerIp"/>, not by their prefix, not by rates per IP address; every other limit
    /// holds for them. Default none. For the NAT of a site, a proxy, a cluster's own network: whoever comes from there shares an address for a good reason. An
    /// IPv4-mapped network is the IPv4 one. At most 64.
    /// </summary>
    public IpNetworkList ExemptNetworks { get; init; } = IpNetworkList.Empty;

    /// <summary>
    /// Open circuits that lead to one destination, whoever opened them; null for no limit, the default: <see cref="MaxCircuits"/> counts them
    /// already, together with those the peer has opened itself. At least 1. Below that, a peer that is called upon a lot still gets to call.
    /// </summary>
    public int? MaxCircuitsPerDestination { get; init; }

    /// <summary>
    /// HOP requests under way on one connection: being read or decided. A circuit is none any more once it is open; its own caps count it. Default 16 more
    /// than <see cref="MaxCircuits"/>, that is 80: a peer that opens all its circuits at once, and renews meanwhile. At least 1. What it bounds is how many
    /// requests one peer can begin and not end.
    /// </summary>
    public int MaxHopStreamsPerConnection
    {
        get => _maxHopStreamsPerConnection ?? (int)Math.Clamp(MaxCircuits + 16L, 1, int.MaxValue);
        init => _maxHopStreamsPerConnection = value;
    }

    /// <summary>
    /// New reservations of one peer; renewals are not counted, and nothing refused is. Null for no limit, the default: a peer holds
    /// one reservation however often it comes, so a rate bounds work, not memory.
    /// </summary>
    public Rate? ReservationRatePerPeer { get; init; }

    /// <summary>
    /// New reservations from one IPv4 address or one IPv6 network of <see cref="Ipv6PrefixLength"/>; renewals are not counted. Null for no limit, the
    /// default: many nodes may stand behind one NAT. Keep it above <see cref="MaxReservationsPerIp"/>: go-libp2p stays away for an hour when it is refused, and
    /// after a restart of the relay everybody behind the address comes at once.
    /// </summary>
    public Rate? ReservationRatePerIp { get; init; }

    /// <summary>
    /// Circuits opened by one peer; nothing refused is counted. Null for no limit, the default: <see cref="MaxCircuits"/> bounds what a peer holds.
    /// </summary>
    public Rate? CircuitRatePerPeer { get; init; }

    /// <summary>
    /// Circuits opened from one IPv4 address or one IPv6 network of <see cref="Ipv6PrefixLength"/>. Null for no limit, the default: many
    /// sources may stand behind one NAT.
    /// </summary>
    public Rate? CircuitRatePerIp { get; init; }

    /// <summary>
    /// Bytes per second that a circuit carries in each direction; a sender that is faster is held back by its window, nothing is lost. Null for no limit, the
    /// default: <see cref="MaxData"/> and <see cref="MaxDuration"/> bound what a circuit can take. From 1024 to 1 TiB. A quarter of a second's bytes may pass
    /// at once after a rest.
    /// </summary>
    public long? MaxCircuitBandwidth { get; init; }

    /// <summary>
    /// Bytes per second that all circuits carry together, both directions counted; when they want more, each gets the same share. Null for no limit, the
    /// default: the machine's link is not the relay's to know. From 1024 to 1 TiB. Half of what the link carries is the most to set, as each byte comes in and
    /// goes out.
    /// </summary>
    public long? MaxTotalBandwidth { get; init; }

    /// <summary>
    /// How long a circuit lasts without a byte in either direction, also one that waits for a receiver that does not read, before it is reset. One whose bytes
    /// wait for their turn within a rate is not idle, nor is one whose receiver is slow, as long as it takes half a window in that time (128 KiB of Yamux's 256):
    /// a receiver says no sooner that it has read. Null for never, the default, as everybody's: applications keep connections open
    /// without a word, and <see cref="MaxDuration"/> ends them. From 1 second to 366 days. Below the applications' own keep-alives (yamux: 30 seconds) it cuts
    /// circuits that are in use.
    /// </summary>
    public TimeSpan? CircuitIdleTimeout { get; init; }

    /// <summary>
    /// What becomes of a reservation, and of circuits, when access control no longer admits their peer after a <see cref="CircuitRelay.PolicyChanged"/>.
    /// Default <see cref="MembershipLoss.Keep"/>, EdgeVPN's way: a set of members that flickers cuts nobody off.
    /// </summary>
    public MembershipLoss OnMembershipLoss { get; init; } = MembershipLoss.Keep;

    /// <summary>
    /// How long circuits run on with <see cref="MembershipLoss.Drain"/> before they are reset. Default 1 minute: what is being sent gets through, and a member
    /// that was missing from one reading of the source is back by then. From zero, at once, to 1 day. Raising it lets the expelled stay longer.
    /// </summary>
    public TimeSpan MembershipLossDrain { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>From this percentage of <see cref="MemoryBudget"/> on, peers that hold no reservation open no circuits.</summary>
    public const int StrangersShedPercent = 80;

    /// <summary>From this percentage of <see cref="MemoryBudget"/> on, nobody opens circuits.</summary>
    public const int CircuitsShedPercent = 90;

    /// <summary>From this percentage of <see cref="MemoryBudget"/> on, there are no new reservations. Renewals are never refused for memory.</summary>
    public const int ReservationsShedPercent = 95;

    /// <summary>
    /// Bytes that circuits, reservations and the host's connections may take together. As it fills up, work is refused with RESOURCE_LIMIT_EXCEEDED in this
    /// order: new circuits of peers without a reservation at 80 %, all new circuits at 90 %, new reservations at 95 %; renewals never. Null, the default, for
    /// none: the caps bound what can be taken. At least 1 MiB.
    /// </summary>
    public long? MemoryBudget { get; init; }

    /// <summary>How long reading a HOP request, and writing each answer, may take. Default 60 seconds, as go and rust. Up to 1 day.</summary>
    public TimeSpan HopTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long opening the STOP stream to a destination may take. Default 30 seconds, as go. Up to 1 day.</summary>
    public TimeSpan StopOpenTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a destination may take to read, and then to answer, a STOP request. Default 60 seconds, as go. Up to 1 day.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether circuits are limited in any way, that is, whether a limit is announced.</summary>
    internal bool IsLimited => MaxData is not null || MaxDuration is not null;
}
