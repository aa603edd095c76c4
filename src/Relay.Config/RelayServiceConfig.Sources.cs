using Relay.Circuit;

namespace Relay;

// Where reservations come from, and how often.
public sealed partial class RelayServiceConfig
{
    // What follows another setting for as long as it is not set itself.
    private (int? Maximum, bool IsSet) _maxReservationsPerIpv6Prefix;
    private int? _maxHopStreamsPerConnection;

    /// <summary>How many reservations may come from one IPv4 network of <see cref="Ipv4PrefixLength"/>.</summary>
    /// <remarks>
    /// Default: null, unlimited: IPv4 addresses are scarce enough to be counted one by one, and the members of one LAN are neighbours. In text only the word
    /// <c>unlimited</c>. Range: 1 to 1 000 000.
    /// </remarks>
    public int? MaxReservationsPerIpv4Prefix { get; set; }

    /// <summary>The prefix length of the IPv4 networks that <see cref="MaxReservationsPerIpv4Prefix"/> counts by.</summary>
    /// <remarks>Default: 24, the smallest network that is routed on its own. Range: 1 to 32. A shorter one makes larger networks.</remarks>
    public int Ipv4PrefixLength { get; set; } = 24;

    /// <summary>How many reservations may come from one IPv6 network of <see cref="Ipv6PrefixLength"/>.</summary>
    /// <remarks>
    /// Default: 32, libp2p's and EdgeVPN's number for an IPv6 network (an autonomous system, there), or <see cref="MaxReservationsPerIp"/> where that is more and
    /// this is not set: who has one IPv6 address has 2^64 of them, so that counting addresses bounds nothing. Null: unlimited; in text only the word
    /// <c>unlimited</c>. Range: 1 to 1 000 000. Raise it, or exempt the network, when a cluster has one network.
    /// </remarks>
    public int? MaxReservationsPerIpv6Prefix
    {
        get => _maxReservationsPerIpv6Prefix.IsSet ? _maxReservationsPerIpv6Prefix.Maximum : Math.Clamp(MaxReservationsPerIp, 32, 1_000_000);
        set => _maxReservationsPerIpv6Prefix = (value, true);
    }

    /// <summary>The prefix length of the IPv6 networks that <see cref="MaxReservationsPerIpv6Prefix"/>, and the rates per address, count by.</summary>
    /// <remarks>Default: 56, what a home or a small site gets. Range: 1 to 128. A shorter one makes larger networks.</remarks>
    public int Ipv6PrefixLength { get; set; } = 56;

    /// <summary>Networks, as <c>10.0.0.0/8</c>, whose addresses no cap and no rate per address or network counts. All other limits hold for them.</summary>
    /// <remarks>
    /// Default: empty. For a site's NAT, a proxy, a cluster's own network: whoever comes from there shares an address for a good reason. Range: up to 64
    /// networks, of IPv4 or IPv6; an IPv4-mapped one is the IPv4 one. What comes from them is bounded by the totals only.
    /// </remarks>
    public IList<string> ExemptNetworks
    {
        get;
        set => field = value ?? throw new ArgumentNullException(nameof(value));
    } = [];

    /// <summary>How many circuits may lead to one peer at once, whoever opened them.</summary>
    /// <remarks>
    /// Default: null, unlimited: <see cref="MaxCircuits"/> counts them already, together with those the peer opens itself. In text only the word
    /// <c>unlimited</c>. Range: 1 to 65 536. Below <see cref="MaxCircuits"/>, a peer that is called a lot still gets to call.
    /// </remarks>
    public int? MaxCircuitsPerDestination { get; set; }

    /// <summary>How many HOP requests may be under way on one connection: being read or decided. An open circuit is none any more.</summary>
    /// <remarks>
    /// Default: 16 more than <see cref="MaxCircuits"/>, that is 80, while this is not set: a peer that opens all its circuits at once, and renews meanwhile. Range:
    /// 1 to 131 072. It bounds how many requests one connection can begin and not end, each for up to a minute.
    /// </remarks>
    public int MaxHopStreamsPerConnection
    {
        get => _maxHopStreamsPerConnection ?? (int)Math.Clamp(MaxCircuits + 16L, 1, 131_072);
        set => _maxHopStreamsPerConnection = value;
    }

    /// <summary>How often one peer may make a <em>new</em> reservation; renewals are not counted.</summary>
    /// <remarks>
    /// Default: null, unlimited, as EdgeVPN and go-libp2p: a peer holds one reservation however often it comes, so a rate bounds work, not memory. In text
    /// the word <c>unlimited</c>. Range: 1 to 1 000 000 per 1 s to 24 h; 60 per minute gives a peer whose connection fails every second its reservation back
    /// each time.
    /// </remarks>
    public Rate? ReservationRatePerPeer { get; set; }

    /// <summary>
    /// How often new reservations may come from one IPv4 address, or one IPv6 network of <see cref="Ipv6PrefixLength"/>; renewals are not counted.
    /// </summary>
    /// <remarks>
    /// Default: null, unlimited, as EdgeVPN and go-libp2p: the nodes of a cluster may all stand behind one NAT. In text the word <c>unlimited</c>. Range: 1
    /// to 1 000 000 per 1 s to 24 h. Keep the count above <see cref="MaxReservationsPerIp"/>: after a restart of the relay everybody behind an address comes
    /// at once, and go-libp2p stays away for an hour when it is refused.
    /// </remarks>
    public Rate? ReservationRatePerIp { get; set; }

    /// <summary>How often one peer may open a circuit.</summary>
    /// <remarks>
    /// Default: null, unlimited, as EdgeVPN and go-libp2p: <see cref="MaxCircuits"/> bounds what a peer holds. In text the word <c>unlimited</c>. Range: 1 to
    /// 1 000 000 per 1 s to 24 h; 600 per minute lets a peer open all its 64 circuits anew every six seconds. What is refused is not counted.
    /// </remarks>
    public Rate? CircuitRatePerPeer { get; set; }

    /// <summary>How often circuits may be opened from one IPv4 address, or one IPv6 network of <see cref="Ipv6PrefixLength"/>.</summary>
    /// <remarks>
    /// Default: null, unlimited, as EdgeVPN and go-libp2p: the sources of a cluster may all stand behind one NAT. In text the word <c>unlimited</c>. Range: 1
    /// to 1 000 000 per 1 s to 24 h.
    /// </remarks>
    public Rate? CircuitRatePerIp { get; set; }
}
