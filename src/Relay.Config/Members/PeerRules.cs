using System.Collections.Frozen;
using Relay.Multiformats;

namespace Relay.Members;

/// <summary>Peers that are denied and peers that are allowed. Immutable.</summary>
internal sealed class PeerRules
{
    private readonly FrozenSet<PeerId> _denied;
    private readonly FrozenSet<PeerId> _allowed;

    private PeerRules(FrozenSet<PeerId> denied, FrozenSet<PeerId> allowed)
    {
        _denied = denied;
        _allowed = allowed;
    }

    public static PeerRules None { get; } = new([], []);

    public bool AllowsSomebody => _allowed.Count > 0;

    public PeerRules Deny(IEnumerable<PeerId> peers) => new(Add(_denied, peers), _allowed);

    public PeerRules Allow(IEnumerable<PeerId> peers) => new(_denied, Add(_allowed, peers));

    public bool IsDenied(PeerId peer) => _denied.Contains(peer);

    public bool IsAllowed(PeerId peer) => _allowed.Contains(peer);

    private static FrozenSet<PeerId> Add(FrozenSet<PeerId> set, IEnumerable<PeerId> peers)
    {
        ArgumentNullException.ThrowIfNull(peers);
        HashSet<PeerId> all = [.. set, .. peers];
        return all.Contains(null!) ? throw new ArgumentException("A peer is null.", nameof(peers)) : all.ToFrozenSet();
    }
}
