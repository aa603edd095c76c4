using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Relay.Circuit;
using Relay.Libp2p;
using Relay.Members;
using Relay.Multiformats;

namespace Relay;

/// <summary>
/// Builds a <see cref="RelayNode"/> from the options of a <see cref="Config"/> and from the objects it works with. Numbers come from the options only, objects
/// from the <c>With</c> methods only; the objects stay the caller's to dispose. Not thread-safe.
/// </summary>
public sealed class NodeBuilder
{
    private readonly NodeOption[] _options;
    private IMembershipSource? _membership;
    private IRelayAclFilter? _acl;
    private IdentityKey? _identity;
    private TimeProvider _timeProvider = TimeProvider.System;
    private ILoggerFactory _loggerFactory = NullLoggerFactory.Instance;
    private IMeterFactory? _meterFactory;
    private IRelayCandidateSource? _candidates;

    /// <summary>Takes the options of the node, in any order, usually those of <see cref="Config.ToOptions"/>.</summary>
    /// <exception cref="ArgumentException">An option of one kind is there twice.</exception>
    public NodeBuilder(IEnumerable<NodeOption> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = [.. options];
        NodeOptionChanges.ThrowIfTwice(_options, nameof(options));
    }

    /// <summary>Who the members are that a relay for members only admits. The source then owns the member set, see <see cref="NetworkOnlyAcl"/>.</summary>
    /// <remarks>Any other node does not use it, and a warning says so.</remarks>
    public NodeBuilder WithMembership(IMembershipSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        _membership = source;
        return this;
    }

    /// <summary>
    /// Access control of the application: a <see cref="NetworkOnlyAcl"/>, <see cref="AclRules"/>, or a filter of its own. On a relay for members only it
    /// says who they are when no source does. Together with a source, both must admit; but a <see cref="NetworkOnlyAcl"/>, as it is or as a rule that
    /// allows, is what the source feeds.
    /// </summary>
    /// <remarks>
    /// A <see cref="NetworkOnlyAcl"/> without a source is open to everyone until its first <see cref="NetworkOnlyAcl.ReplaceMembers"/>, or for
    /// <see cref="MembershipConfig.BootstrapTimeout"/>: a warning says so at the start, <see cref="RelayNode.Membership"/> and the health check show it.
    /// </remarks>
    public NodeBuilder WithAcl(IRelayAclFilter acl)
    {
        ArgumentNullException.ThrowIfNull(acl);
        _acl = acl;
        return this;
    }

    /// <summary>The node's identity, instead of the one that <see cref="IdentityOption"/> says.</summary>
    public NodeBuilder WithIdentity(IdentityKey identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        _identity = identity;
        return this;
    }

    /// <summary>
    /// Where to find relays to be reached through, beside <see cref="AutoRelayConfig.StaticRelays"/>. Asked only while the node seeks relays (<see cref="AutoRelayConfig"/>).
    /// </summary>
    public NodeBuilder WithRelayCandidates(IRelayCandidateSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        _candidates = source;
        return this;
    }

    /// <summary>The clock. Default: the system's.</summary>
    public NodeBuilder WithTimeProvider(TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        _timeProvider = timeProvider;
        return this;
    }

    /// <summary>Where to log. Default: nowhere.</summary>
    public NodeBuilder WithLoggerFactory(ILoggerFactory loggerFactory)
    {
        ArgumentNullException.ThrowIfNull(loggerFactory);
        _loggerFactory = loggerFactory;
        return this;
    }

    /// <summary>
    /// Who makes the meter <see cref="RelayTelemetry.MeterName"/>, so that it belongs to a service container. Default: the node makes its own, which every
    /// listener of the process finds by the same name.
    /// </summary>
    public NodeBuilder WithMeterFactory(IMeterFactory meterFactory)
    {
        ArgumentNullException.ThrowIfNull(meterFactory);
        _meterFactory = meterFactory;
        return this;
    }

    /// <summary>Builds the node. Opens no socket; reads the key file, and creates it when it is missing.</summary>
    /// <exception cref="InvalidOperationException">
    /// The relay is for members only and nothing says who they are, or the rules that should admit everyone; only members may connect, and no
    /// <see cref="NetworkOnlyAcl"/> knows who they are; a membership source would feed several of these, or one that has the source of another node already; or
    /// an announce address ends in another peer's id.
    /// </exception>
    /// <exception cref="IOException">The key file cannot be read or created.</exception>
    /// <exception cref="InvalidDataException">The key file holds no usable key.</exception>
    public RelayNode Build()
    {
        RelayServiceOption? service = Find<RelayServiceOption>();
        NetworkOnlyOption? networkOnly = service is null ? null : Find<NetworkOnlyOption>();
        ImmutableArray<NetworkOnlyAcl> brought = BroughtMembers();
        if (networkOnly is not null)
            ThrowIfOpen(networkOnly, brought);
        if (networkOnly is null && _membership is not null)
        {
            RelayNode.LogMembershipUnused(
                _loggerFactory.CreateLogger("Relay.Node"),
                service is null ? "the relay service is disabled, so nobody may reserve" : "NetworkOnly is off, so everyone may reserve");
        }

        if (_candidates is not null && WhyUnused(Find<AutoRelayOption>()) is { } why)
            RelayNode.LogCandidatesUnused(_loggerFactory.CreateLogger("Relay.Node"), why);
        IdentityKey identity = _identity ?? LoadIdentity();
        Libp2pOptions options = ToLibp2pOptions(identity.PeerId);

        // A NetworkOnlyAcl that the application brought, as its ACL or as one of its rules, is the one the source feeds; any other filter stands beside it.
        bool needsMembers = networkOnly is not null && _membership is not null && brought.IsEmpty;
        ImmutableArray<NetworkOnlyAcl> members = needsMembers ? [new NetworkOnlyAcl()] : brought;
        IMembershipService? network = networkOnly is null || members.IsEmpty ? null
            : _membership is null ? new HandFedMembers(members, networkOnly, _timeProvider, _loggerFactory)
            : new NetworkService(members[0], _membership, networkOnly, identity.PeerId, _timeProvider, _loggerFactory);
        foreach (NetworkOnlyAcl list in members)
        {
            if (networkOnly is not null)
                list.Take(networkOnly);
        }

        IRelayAclFilter acl = needsMembers
            ? _acl is null ? members[0] : new BothAcl(members[0], _acl)
            : _acl ?? new AllowAllAcl();
        var telemetry = new RelayTelemetry(_meterFactory);
        return new RelayNode(_options, options, identity, acl, members, network, _candidates, telemetry, _timeProvider, _loggerFactory);
    }

    private ImmutableArray<NetworkOnlyAcl> BroughtMembers() => _acl switch
    {
        NetworkOnlyAcl members => [members],
        AclRules rules => [.. rules.AllowedMembers],
        _ => [],
    };

    // A relay for members only is never open because of what was left out. Rules beside a source may only deny: the source says who is admitted.
    private void ThrowIfOpen(NetworkOnlyOption networkOnly, ImmutableArray<NetworkOnlyAcl> brought)
    {
        const string WaysOut = "Either call WithMembership(...) on the builder, or set Connection.RelayService.NetworkOnly = false to let everyone reserve.";
        if (_membership is null && _acl is null)
            throw new InvalidOperationException($"The relay is for members only, and nothing says who they are. {WaysOut}");
        if (_membership is not null && brought.Length > 1)
        {
            throw new InvalidOperationException(
                $"The membership source can feed one NetworkOnlyAcl, and {brought.Length} rules allow by one. Keep one, and name all members in one source, as a "
                + "UnionMembershipSource does.");
        }

        if (_acl is AclRules { IsOpen: true } && (_membership is null || !brought.IsEmpty))
        {
            throw new InvalidOperationException(
                "The relay is for members only, and its rules admit everyone whom they do not deny: let a rule allow, by peer, by network or by a NetworkOnlyAcl, "
                + $"and none within it be without. {WaysOut}");
        }

        // Rules by peer and by network are about reserving, and a filter of the application's own knows nothing of the policy.
        if (networkOnly.Connect == ConnectPolicy.MembersOnly && _membership is null && brought.IsEmpty)
        {
            throw new InvalidOperationException(
                "Only members may connect through the relay (Connection.RelayService.ConnectPolicy = MembersOnly), and nothing says who they are. Either call "
                + "WithMembership(...) on the builder, or give WithAcl(...) a NetworkOnlyAcl or rules that allow by one, or set ConnectPolicy = Anyone.");
        }
    }

    private static string? WhyUnused(AutoRelayOption? option) => option switch
    {
        null => "the node seeks no relays (AutoRelay.Enabled is off, or it is Public)",
        { OnlyStaticRelays: true } => "AutoRelay.OnlyStaticRelays is on",
        _ => null,
    };

    private IdentityKey LoadIdentity()
    {
        if (Find<IdentityOption>() is { KeyFile: { } file })
            return IdentityKey.LoadOrCreate(file);
        IdentityKey identity = IdentityKey.Generate();
        RelayNode.LogEphemeralIdentity(_loggerFactory.CreateLogger("Relay.Node"), identity.PeerId);
        return identity;
    }

    private Libp2pOptions ToLibp2pOptions(PeerId self)
    {
        IReadOnlyList<Multiaddress> announce = Find<AnnounceAddressesOption>()?.Addresses ?? [];
        if (announce.FirstOrDefault(address => address.PeerId is { } id && id != self) is { } foreign)
            throw new InvalidOperationException($"The announce address {foreign} ends in another peer's id; this node is {self}.");
        var options = new Libp2pOptions
        {
            ListenAddresses = Find<ListenAddressesOption>()?.Addresses ?? [],
            MaxUnreadBytes = RelayBudget.WorstCase(_options).Unread,
            AnnounceAddresses = [.. announce.Select(static address => address.WithoutPeerId()).OfType<Multiaddress>()],
        };
        return Find<ConnectionLimitsOption>() is { } limits
            ? options with
            {
                MaxConnections = limits.MaxConnections,
                MaxConnectionsPerIp = limits.MaxConnectionsPerIp,
                MaxPendingHandshakes = limits.MaxPendingHandshakes,
                MaxStreamsPerConnection = limits.MaxStreamsPerConnection,
                HandshakeTimeout = limits.HandshakeTimeout,
            }
            : options;
    }

    private T? Find<T>()
        where T : NodeOption => _options.OfType<T>().SingleOrDefault();
}
