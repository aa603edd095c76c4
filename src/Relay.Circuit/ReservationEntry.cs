using Relay.Multiformats;

namespace Relay.Circuit;

/// <summary>A row of the reservation table, and a link of the <see cref="ExpiryWheel"/>.</summary>
internal sealed class ReservationEntry(PeerId peer)
{
    public PeerId Peer { get; } = peer;

    /// <summary>Where the peer was when it made or renewed the reservation.</summary>
    public required Multiaddress Address { get; set; }

    /// <summary>The same as others may see it; not null once it is in the table.</summary>
    public ReservationInfo? Info { get; set; }

    /// <summary>That address, as it is counted by; null when it is no IP address.</summary>
    public IpGroup? Ip { get; set; }

    /// <summary>The monotonic time from which on the reservation is void.</summary>
    public long Deadline { get; set; }

    /// <summary>Which grant made or renewed it last, so that only that grant can be taken back.</summary>
    public long Serial { get; set; }

    /// <summary>Where it lies in the expiry wheel.</summary>
    public int Slot { get; set; }

    /// <summary>The neighbours there.</summary>
    public ReservationEntry? Earlier { get; set; }

    /// <inheritdoc cref="Earlier"/>
    public ReservationEntry? Later { get; set; }
}
