using System.Collections.Immutable;
using System.Net;
using Relay.Circuit;
using Relay.Members;
using Relay.Multiformats;

namespace Relay;

/// <summary>
/// Access control put together from rules: who is denied, and who is allowed, by peer, by network address, by membership. Deny wins over
/// allow. Immutable: each method returns the rules with one more. Thread-safe; rules by peer and by membership allocate nothing when asked.
/// </summary>
/// <remarks>
/// <para>To reserve: nobody who is denied; and, if there is any rule that allows, only whom one of them allows. So rules that only deny leave
/// the relay open to the rest, or, together with a membership source, to the members.</para>
/// <para>To connect: neither end may be denied by peer or membership, nor the source by address. Rules that allow peers and addresses are
/// about reserving only; filters that were given to <see cref="Allow(IRelayAclFilter)"/> are asked, and one of them must admit.</para>
/// </remarks>
public sealed class AclRules : IRelayAclFilter
{
    private const string IsDeniedPeer = "denied peer";
    private const string IsDeniedAddress = "denied address";
    private const string IsDeniedDestination = "denied destination";
    private const string IsDeniedMember = "denied by membership";
    private const string IsAllowedPeer = "allowed peer";
    private const string IsAllowedAddress = "allowed address";
    private const string IsNotAllowed = "no rule allows it";
    private const string IsNotDenied = "no rule denies it";

    private PeerRules _peers = PeerRules.None;
    private NetworkSet _deniedNetworks = NetworkSet.Empty;
    private NetworkSet _allowedNetworks = NetworkSet.Empty;
    private ImmutableArray<NetworkOnlyAcl> _deniedMembers = [];
    private ImmutableArray<IRelayAclFilter> _filters = [];

    private AclRules()
    {
    }

    /// <summary>No rules: everyone is admitted.</summary>
    public static AclRules None { get; } = new();

    /// <summary>The member lists that allow, those of rules within rules included, for a source to feed one; each once.</summary>
    internal IEnumerable<NetworkOnlyAcl> AllowedMembers =>
        _filters.OfType<NetworkOnlyAcl>().Concat(Nested.SelectMany(static rules => rules.AllowedMembers)).Distinct();

    /// <summary>Everything whose members the answers depend on.</summary>
    internal IEnumerable<NetworkOnlyAcl> Memberships =>
        _filters.OfType<NetworkOnlyAcl>().Concat(_deniedMembers).Concat(Nested.SelectMany(static rules => rules.Memberships)).Distinct();

    /// <summary>Whether everyone may reserve who is not denied: there is no rule that allows, or one that allows everyone.</summary>
    internal bool IsOpen => !AllowsSomebody || Nested.Any(static rules => rules.IsOpen);

    private IEnumerable<AclRules> Nested => _filters.OfType<AclRules>();

    private bool AllowsSomebody => _peers.AllowsSomebody || !_allowedNetworks.IsEmpty || !_filters.IsEmpty;

    /// <summary>Denies peers, as reserver and as either end of a circuit.</summary>
    /// <exception cref="ArgumentException">A peer is null.</exception>
    public AclRules Deny(params IEnumerable<PeerId> peers) => With(rules => rules._peers = _peers.Deny(peers));

    /// <summary>Denies whoever is connected from an address in one of these networks. IPv4-mapped IPv6 addresses are IPv4 addresses.</summary>
    public AclRules Deny(params IEnumerable<IPNetwork> networks) => With(rules => rules._deniedNetworks = _deniedNetworks.Add(networks));

    /// <summary>Denies whoever is a member by another ACL, and everyone while its bootstrap window is open: who is denied is then not known.</summary>
    public AclRules DenyMembers(NetworkOnlyAcl denied)
    {
        ArgumentNullException.ThrowIfNull(denied);
        return With(rules => rules._deniedMembers = _deniedMembers.Add(denied));
    }

    /// <summary>Allows peers to reserve.</summary>
    /// <exception cref="ArgumentException">A peer is null.</exception>
    public AclRules Allow(params IEnumerable<PeerId> peers) => With(rules => rules._peers = _peers.Allow(peers));

    /// <summary>Allows whoever is connected from an address in one of these networks to reserve.</summary>
    public AclRules Allow(params IEnumerable<IPNetwork> networks) => With(rules => rules._allowedNetworks = _allowedNetworks.Add(networks));

    /// <summary>
    /// Allows whom a filter admits: by membership, with a <see cref="NetworkOnlyAcl"/>, which a membership source that the builder is given
    /// then feeds; other rules; or a filter of the application's own.
    /// </summary>
    /// <remarks>
    /// One source feeds one <see cref="NetworkOnlyAcl"/>. To allow the members of several sources, make one of them with a <see cref="UnionMembershipSource"/>.
    /// </remarks>
    public AclRules Allow(IRelayAclFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return With(rules => rules._filters = _filters.Add(filter));
    }

    /// <inheritdoc/>
    public AclVerdict AllowReserve(PeerId peer, Multiaddress address)
    {
        if (WhyDenied(peer, address) is { } reason)
            return AclVerdict.Deny(reason);
        if (_peers.IsAllowed(peer))
            return AclVerdict.Allow(IsAllowedPeer);
        if (_allowedNetworks.Contains(address))
            return AclVerdict.Allow(IsAllowedAddress);
        if (MostGenerous(peer, address) is { } verdict)
            return verdict;
        return AllowsSomebody ? AclVerdict.Deny(IsNotAllowed) : AclVerdict.Allow(IsNotDenied);
    }

    /// <inheritdoc/>
    public AclVerdict AllowConnect(PeerId source, Multiaddress sourceAddress, PeerId destination)
    {
        if (WhyDenied(source, sourceAddress) is { } reason)
            return AclVerdict.Deny(reason);
        if (_peers.IsDenied(destination) || IsDeniedByMembership(destination))
            return AclVerdict.Deny(IsDeniedDestination);
        foreach (IRelayAclFilter filter in _filters)
        {
            if (filter.AllowConnect(source, sourceAddress, destination) is { IsAllowed: true } verdict)
                return verdict;
        }

        return _filters.IsEmpty ? AclVerdict.Allow(IsNotDenied) : AclVerdict.Deny(IsNotAllowed);
    }

    // Each filter that admits may bound how long the reservation lasts: the order of the rules does not decide which bound holds.
    private AclVerdict? MostGenerous(PeerId peer, Multiaddress address)
    {
        AclVerdict? best = null;
        foreach (IRelayAclFilter filter in _filters)
        {
            AclVerdict verdict = filter.AllowReserve(peer, address);
            if (verdict is { IsAllowed: true, ReservationTtl: null })
                return verdict;
            if (verdict.IsAllowed && (best is null || verdict.ReservationTtl > best.Value.ReservationTtl))
                best = verdict;
        }

        return best;
    }

    private string? WhyDenied(PeerId peer, Multiaddress address) => _peers.IsDenied(peer) ? IsDeniedPeer
        : _deniedNetworks.Contains(address) ? IsDeniedAddress
        : IsDeniedByMembership(peer) ? IsDeniedMember
        : null;

    private bool IsDeniedByMembership(PeerId peer)
    {
        foreach (NetworkOnlyAcl denied in _deniedMembers)
        {
            if (denied.Members is not { } members || members.Contains(peer))
                return true;
        }

        return false;
    }

    private AclRules With(Action<AclRules> change)
    {
        var rules = (AclRules)MemberwiseClone();
        change(rules);
        return rules;
    }
}
