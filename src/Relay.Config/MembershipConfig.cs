namespace Relay;

/// <summary>
/// The <see cref="RelayServiceConfig.Membership"/> section: how a relay for members only reads its membership source, and, for sources that
/// report sightings (an alive bucket, a ledger), what makes a sighting a member and for how long. The defaults fit an EdgeVPN network, whose
/// members announce themselves every 60 to 180 s, whose leader empties the alive bucket every 600 s, and which counts a node as gone after
/// 900 s.
/// </summary>
/// <remarks>An authoritative source (a list, a file, a database) is the truth: of all this only <see cref="ReadTimeout"/> concerns it.</remarks>
public sealed class MembershipConfig
{
    /// <summary>How long one read of the source may take; the read is then cancelled and counts as failed.</summary>
    /// <remarks>
    /// Default: 10 s, a third of <see cref="RelayServiceConfig.NetworkOnlyRefresh"/>'s default, and far more than a local file or a local API
    /// takes. Range: 1 s to 10 min. Raising it delays the news that a source hangs.
    /// </remarks>
    public TimeSpan ReadTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The oldest sighting that makes a peer a member.</summary>
    /// <remarks>
    /// Default: 15 min, the age at which EdgeVPN itself counts a node as gone: five missed announcements. Range: 1 s to 30 d. Lowering it below
    /// the announcements' interval keeps out the living; raising it admits whoever a restored ledger remembers.
    /// </remarks>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How much older than <see cref="MaxAge"/> the last sighting of a <em>member</em> may become before it is one no more.</summary>
    /// <remarks>
    /// Default: 6 min, two of EdgeVPN's longest announcement intervals, so that who is there already is judged more leniently than who comes:
    /// a refused renewal costs a go-libp2p peer its relay for an hour. Range: 0 to 24 h. A peer that is dead stays a member for the sum of the
    /// two; one that is revoked does not.
    /// </remarks>
    public TimeSpan Grace { get; set; } = TimeSpan.FromMinutes(6);

    /// <summary>How far in the future a sighting may lie, as the clocks of its peer and of this node differ. One further ahead is refused.</summary>
    /// <remarks>
    /// Default: 2 min: clocks that nobody sets drift by seconds a day, and a stamp from the future would otherwise keep its peer a member for
    /// that much longer. Range: 0 to 1 h.
    /// </remarks>
    public TimeSpan MaxClockSkew { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// The part of the members, in percent, that may leave by age within one <see cref="Grace"/>. When more would, they are kept and that is
    /// reported, because the source has more likely lost its network than the network its members; they leave when their silence has lasted
    /// for another <see cref="MaxAge"/>.
    /// </summary>
    /// <remarks>Default: 50, the majority stays. Range: 1 to 100, which turns it off. Explicit revocations are never held back.</remarks>
    public int MaxShrinkPercent { get; set; } = 50;

    /// <summary>How many members other than this node must have been seen before the bootstrap window closes.</summary>
    /// <remarks>
    /// Default: 1. A node that announces itself always sees itself first; if that closed the window, as it does in EdgeVPN, everyone else would
    /// be locked out before they were seen. Range: 0, which is EdgeVPN's rule, to 1 000 000. Raising it keeps the relay open to everyone for
    /// longer.
    /// </remarks>
    public int MinimumMembers { get; set; } = 1;

    /// <summary>How long after the start the bootstrap window may stay open. Then it closes over whoever has been seen, be it nobody.</summary>
    /// <remarks>
    /// Default: null, unlimited, as in EdgeVPN: a relay that starts before its network must be reachable by it, however late it comes. In text
    /// only the word <c>unlimited</c>. Range: 1 s to 30 d. Set it where a relay that is open to everyone is worse than one that serves nobody. It bounds the
    /// window of a <see cref="NetworkOnlyAcl"/> that no source feeds, too.
    /// </remarks>
    public TimeSpan? BootstrapTimeout { get; set; }

    /// <summary>The longest reservation that is granted while the bootstrap window is open, to whoever asks.</summary>
    /// <remarks>
    /// Default: 10 min: strangers from the window are gone that soon after it closes instead of after an hour, and clients that renew a few
    /// minutes before the end still do. Null: no less than <see cref="RelayServiceConfig.ReservationTtl"/>, as in EdgeVPN; in text only the word
    /// <c>unlimited</c>. Range: 1 min to 365 d.
    /// </remarks>
    public TimeSpan? BootstrapReservationTtl { get; set; } = TimeSpan.FromMinutes(10);
}
