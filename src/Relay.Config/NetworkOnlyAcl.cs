using System.Collections.Frozen;
using Relay.Circuit;
using Relay.Multiformats;

namespace Relay;

/// <summary>
/// Admits members of the network only: they may reserve a slot on the relay, strangers may not. Connecting through the relay stays open to
/// anyone, because who holds a reservation is a member, unless <see cref="ConnectPolicy"/> says that sources must be members, too.
/// </summary>
/// <remarks>
/// Until somebody says who the members are, the <em>bootstrap window</em> is open and everyone may reserve: a node that has to join the
/// network through this relay could not do so otherwise. <see cref="ReplaceMembers"/> ends it for good, and so does
/// <see cref="MembershipConfig.BootstrapTimeout"/>; an authoritative membership source never opens it. Thread-safe: lookups take no lock, allocate nothing and always see one whole set. Created by whoever builds the node, or
/// by the builder; holds nothing to dispose.
/// </remarks>
public sealed class NetworkOnlyAcl : IRelayAclFilter
{
    private const string WindowIsOpen = "bootstrap window open";
    private const string IsRevoked = "revoked";
    private const string IsMember = "member";
    private const string IsNoMember = "not a member";
    private const string ConnectIsOpen = "connect is open to anyone";

    private readonly Lock _writing = new(); // one writer at a time; readers never take it
    private FrozenSet<PeerId>? _members; // null: the bootstrap window is open
    private FrozenSet<PeerId> _deniedInWindow = []; // explicitly no members; looked at while the window is open only
    private long _bootstrapTicks; // 0: no bound
    private int _connectPolicy; // a ConnectPolicy
    private bool _isOwned; // a membership source owns the set
    private bool _isShutForNow; // the set stands in for an open window, as long as the source does not know whom it denies

    /// <summary>Raised after the answers have changed, on the thread that changed them.</summary>
    internal event Action? Changed;

    /// <summary>Whether the bootstrap window is open, so that everyone may reserve.</summary>
    public bool IsWindowOpen => Members is null;

    /// <summary>How many members there are; zero while the bootstrap window is open.</summary>
    public int MemberCount => Members?.Count ?? 0;

    /// <summary>How long reservations that are granted in the bootstrap window last at most; null for no bound.</summary>
    internal TimeSpan? BootstrapReservationTtl
    {
        get => Interlocked.Read(ref _bootstrapTicks) is var ticks and > 0 ? TimeSpan.FromTicks(ticks) : null;
        set => Interlocked.Exchange(ref _bootstrapTicks, value?.Ticks ?? 0);
    }

    /// <summary>
    /// Who may open circuits. Set by the node that uses this ACL, as <see cref="RelayServiceConfig.ConnectPolicy"/> says; <see cref="ConnectPolicy.Anyone"/> before.
    /// </summary>
    public ConnectPolicy ConnectPolicy
    {
        get => (ConnectPolicy)Volatile.Read(ref _connectPolicy);
        internal set
        {
            if (Interlocked.Exchange(ref _connectPolicy, (int)value) != (int)value)
                Changed?.Invoke();
        }
    }

    internal FrozenSet<PeerId>? Members => Volatile.Read(ref _members);

    /// <summary>Whether the bootstrap window is closed for good.</summary>
    internal bool IsWindowOver
    {
        get
        {
            lock (_writing)
                return _members is not null && !_isShutForNow;
        }
    }

    /// <inheritdoc/>
    public AclVerdict AllowReserve(PeerId peer, Multiaddress address)
    {
        FrozenSet<PeerId>? members = Members;
        if (members is null)
        {
            return Volatile.Read(ref _deniedInWindow).Contains(peer)
                ? AclVerdict.Deny(IsRevoked)
                : AclVerdict.Allow(WindowIsOpen, BootstrapReservationTtl);
        }

        return members.Contains(peer) ? AclVerdict.Allow(IsMember) : AclVerdict.Deny(IsNoMember);
    }

    /// <summary>Yes, unless sources must be members: then as <see cref="AllowReserve"/>, about the source.</summary>
    public AclVerdict AllowConnect(PeerId source, Multiaddress sourceAddress, PeerId destination) =>
        ConnectPolicy == ConnectPolicy.Anyone ? AclVerdict.Allow(ConnectIsOpen) : AllowReserve(source, sourceAddress);

    /// <summary>
    /// Makes <paramref name="members"/>, and no one else, the members, and ends the bootstrap window. Copies what it is given; empty means
    /// nobody.
    /// </summary>
    /// <exception cref="ArgumentException">A member is null.</exception>
    /// <exception cref="InvalidOperationException">A membership source owns the set: change what the source says instead.</exception>
    public void ReplaceMembers(IEnumerable<PeerId> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        HashSet<PeerId> copy = [.. members];
        if (copy.Contains(null!))
            throw new ArgumentException("A member is null.", nameof(members));

        Replace(copy, bySource: false, forGood: true);
    }

    /// <summary>Ends the bootstrap window of a set that no source owns, over nobody.</summary>
    /// <returns>Whether it was open.</returns>
    internal bool CloseWindow()
    {
        lock (_writing)
        {
            if (_isOwned || _members is not null)
                return false;

            Interlocked.Exchange(ref _members, FrozenSet<PeerId>.Empty);
        }

        Changed?.Invoke();
        return true;
    }

    /// <summary>Takes the numbers of the node that uses this ACL.</summary>
    internal void Take(NetworkOnlyOption option)
    {
        BootstrapReservationTtl = option.BootstrapReservationTtl;
        ConnectPolicy = option.Connect;
    }

    /// <summary>
    /// Hands the set to a membership source. An authoritative one closes the window: until it has spoken, nobody is a member.
    /// </summary>
    /// <exception cref="InvalidOperationException">Another source owns it.</exception>
    internal void AttachSource(MembershipKind kind)
    {
        lock (_writing)
        {
            if (_isOwned)
                throw new InvalidOperationException("A membership source owns the members of this ACL already.");

            _isOwned = true;
        }

        if (kind == MembershipKind.Authoritative && IsWindowOpen)
            Replace([], bySource: true, forGood: true);
    }

    /// <summary>Takes the set back from the source that owns it; the members stay as they are.</summary>
    internal void DetachSource()
    {
        lock (_writing)
            _isOwned = false;
    }

    /// <summary>Replaces the members on behalf of the source that owns them.</summary>
    /// <param name="members">The new members, which the caller does not touch any more.</param>
    /// <param name="forGood">Whether that ends the bootstrap window for good; otherwise, if it was not over, <see cref="DenyInWindow"/> opens it again.</param>
    /// <returns>False when these were the members already; then nothing was rebuilt.</returns>
    internal bool ReplaceFromSource(HashSet<PeerId> members, bool forGood = true) => Replace(members, bySource: true, forGood);

    /// <summary>
    /// Says who is refused in spite of the open window, and opens it when it was shut for the time being. Once it is closed for good it never
    /// opens again: then those who are denied are members no more, and the rest stay.
    /// </summary>
    /// <returns>Whether an answer has changed.</returns>
    internal bool DenyInWindow(HashSet<PeerId> peers)
    {
        lock (_writing)
        {
            if (!(_members is not null && !_isShutForNow ? RemoveNeedsLock(_members, peers) : OpenNeedsLock(peers)))
                return false;
        }

        Changed?.Invoke();
        return true;
    }

    private bool RemoveNeedsLock(FrozenSet<PeerId> members, HashSet<PeerId> denied)
    {
        if (!denied.Any(members.Contains))
            return false;

        Interlocked.Exchange(ref _members, members.Where(peer => !denied.Contains(peer)).ToFrozenSet());
        return true;
    }

    private bool OpenNeedsLock(HashSet<PeerId> denied)
    {
        if (_members is null && _deniedInWindow.SetEquals(denied))
            return false;

        Volatile.Write(ref _deniedInWindow, denied.ToFrozenSet()); // before the window opens
        _isShutForNow = false;
        Interlocked.Exchange(ref _members, null);
        return true;
    }

    private bool Replace(HashSet<PeerId> members, bool bySource, bool forGood)
    {
        lock (_writing)
        {
            if (_isOwned && !bySource)
                throw new InvalidOperationException("A membership source owns the members of this ACL: change what the source says.");

            _isShutForNow = !forGood && (_members is null || _isShutForNow);

            // Comparing costs a fraction of the rebuild that it saves when nobody joined or left.
            if (_members is { } current && current.Count == members.Count && members.All(current.Contains))
                return false;

            Interlocked.Exchange(ref _members, members.ToFrozenSet());
        }

        Changed?.Invoke();
        return true;
    }
}
