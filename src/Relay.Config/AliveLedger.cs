using System.Collections.Immutable;
using Relay.Multiformats;

namespace Relay;

/// <summary>
/// An <see cref="IAliveLedger"/> in memory. Sightings that are too old are scrubbed whenever it is read or full. Joins and revocations are
/// told to the nodes at once; that somebody fell silent they find by themselves. Thread-safe; holds nothing to dispose.
/// </summary>
public sealed class AliveLedger : IAliveLedger
{
    private readonly Lock _gate = new();
    private readonly Dictionary<PeerId, Entry> _entries = [];
    private readonly TimeProvider _timeProvider;

    /// <summary>Creates an empty ledger.</summary>
    /// <param name="timeProvider">The clock; the system's when null.</param>
    public AliveLedger(TimeProvider? timeProvider = null) => _timeProvider = timeProvider ?? TimeProvider.System;

    private event Action<AliveChange>? Changed;

    /// <summary>The age at which a sighting is scrubbed.</summary>
    /// <remarks>Default: 15 min, as <see cref="MembershipConfig.MaxAge"/>; an older one makes no member anyway. Positive.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public TimeSpan MaxAge
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            field = value;
        }
    } = TimeSpan.FromMinutes(15);

    /// <summary>How far in the future a sighting may lie.</summary>
    /// <remarks>Default: 2 min, as <see cref="MembershipConfig.MaxClockSkew"/>. Zero and up.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public TimeSpan MaxClockSkew
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            field = value;
        }
    } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How many peers it holds at most, revoked ones included. Further ones are not taken in until others are scrubbed; revocations always are.
    /// </summary>
    /// <remarks>Default: 100 000, some 15 MiB. Positive.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public int Capacity
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 100_000;

    /// <summary>Sightings.</summary>
    public MembershipKind Kind => MembershipKind.Sightings;

    /// <inheritdoc/>
    public bool Announce(PeerId peer, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(peer);
        DateTimeOffset now = _timeProvider.GetUtcNow();
        if (now - at > MaxAge || at - now > MaxClockSkew)
            return false;

        bool isNew;
        List<PeerId> silent = [];
        lock (_gate)
        {
            bool isKnown = _entries.TryGetValue(peer, out Entry entry);
            if (isKnown && entry.IsRevoked && at <= entry.At)
                return false;
            if (!isKnown && _entries.Count >= Capacity)
                silent = ScrubNeedsGate(now);
            if (!isKnown && _entries.Count >= Capacity)
                return false;
            isNew = !isKnown || entry.IsRevoked;
            if (isNew || at > entry.At)
                _entries[peer] = new Entry(at, IsRevoked: false);
        }

        Tell(silent, AliveChangeKind.Silent);
        if (isNew)
            Tell([peer], AliveChangeKind.Joined);
        return true;
    }

    /// <inheritdoc/>
    public void Revoke(PeerId peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        DateTimeOffset now = _timeProvider.GetUtcNow();
        lock (_gate)
        {
            // What was seen up to here is revoked, even if its stamp lies a little ahead.
            DateTimeOffset at = _entries.TryGetValue(peer, out Entry entry) && entry.At > now ? entry.At : now;
            _entries[peer] = new Entry(at, IsRevoked: true);
        }

        Tell([peer], AliveChangeKind.Revoked);
    }

    /// <summary>Removes what is too old.</summary>
    /// <returns>How many peers fell silent.</returns>
    public int Scrub()
    {
        List<PeerId> silent;
        lock (_gate)
            silent = ScrubNeedsGate(_timeProvider.GetUtcNow());
        Tell(silent, AliveChangeKind.Silent);
        return silent.Count;
    }

    /// <inheritdoc/>
    public ValueTask<MembershipSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        Scrub();
        ImmutableArray<Member> members;
        lock (_gate)
            members = [.. _entries.Select(static entry => new Member(entry.Key, entry.Value.At, entry.Value.IsRevoked))];
        return ValueTask.FromResult(new MembershipSnapshot(MembershipKind.Sightings, _timeProvider.GetUtcNow(), members));
    }

    /// <inheritdoc/>
    public IDisposable Observe(Action<AliveChange> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        Action<AliveChange> own = change => observer(change); // a delegate of its own, so that ending one subscription never ends an equal one
        Changed += own;
        return new Subscription(() => Changed -= own);
    }

    /// <inheritdoc/>
    public IDisposable OnChanged(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return Observe(change =>
        {
            if (change.Kind != AliveChangeKind.Silent)
                callback();
        });
    }

    private List<PeerId> ScrubNeedsGate(DateTimeOffset now)
    {
        var silent = new List<PeerId>();
        foreach ((PeerId peer, Entry entry) in _entries)
        {
            if (now - entry.At <= MaxAge)
                continue;
            _entries.Remove(peer);
            if (!entry.IsRevoked)
                silent.Add(peer);
        }

        return silent;
    }

    private void Tell(List<PeerId> peers, AliveChangeKind kind)
    {
        if (Changed is not { } changed)
            return;
        foreach (PeerId peer in peers)
            changed(new AliveChange(peer, kind));
    }

    private readonly record struct Entry(DateTimeOffset At, bool IsRevoked);
}
