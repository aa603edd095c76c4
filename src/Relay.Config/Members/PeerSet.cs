using Relay.Multiformats;

namespace Relay.Members;

/// <summary>
/// A set of peers: these and no others, or, while a bootstrap window is open, all but these. Immutable; the sets it is made of are not
/// touched any more.
/// </summary>
internal sealed class PeerSet
{
    private PeerSet(bool isComplement, HashSet<PeerId> peers)
    {
        IsComplement = isComplement;
        Peers = peers;
    }

    /// <summary>Nobody.</summary>
    public static PeerSet None { get; } = Only([]);

    /// <summary>Whether the set is everyone but <see cref="Peers"/>.</summary>
    public bool IsComplement { get; }

    /// <summary>The peers in the set, or those outside of it.</summary>
    public HashSet<PeerId> Peers { get; }

    public static PeerSet Only(IEnumerable<PeerId> peers) => new(false, peers as HashSet<PeerId> ?? [.. peers]);

    public static PeerSet AllBut(IEnumerable<PeerId> peers) => new(true, peers as HashSet<PeerId> ?? [.. peers]);

    /// <summary>Who is in one of the two sets.</summary>
    public PeerSet Or(PeerSet other) => (IsComplement, other.IsComplement) switch
    {
        (false, false) => Only(Peers.Union(other.Peers)),
        (true, false) => AllBut(Peers.Where(peer => !other.Peers.Contains(peer))),
        (false, true) => other.Or(this),
        (true, true) => AllBut(Peers.Where(other.Peers.Contains)),
    };

    /// <summary>Who is in both sets.</summary>
    public PeerSet And(PeerSet other) => (IsComplement, other.IsComplement) switch
    {
        (false, false) => Only(Peers.Where(other.Peers.Contains)),
        (false, true) => Only(Peers.Where(peer => !other.Peers.Contains(peer))),
        (true, false) => other.And(this),
        (true, true) => AllBut(Peers.Union(other.Peers)),
    };

    /// <summary>Who is in this set and not in the other.</summary>
    public PeerSet Except(PeerSet other) => And(new PeerSet(!other.IsComplement, other.Peers));
}
