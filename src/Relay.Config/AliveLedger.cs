using System.Collections.Immutable;
using Relay.Members;
using Relay.Multiformats;

namespace Relay;

/// <summary>
/// An <see cref="IAliveLedger"/> in memory. Sightings that are too old are scrubbed whenever it is read or full. Joins and revocations are
/// told to the nodes at once; that somebody fell silent they find by themselves. Thread-safe; holds nothing to dispose.
/// </summary>
/// <remarks>
/// The wall clock judges stamps as they come; ages are counted by the time that passes from then on. So a wall clock that jumps scrubs nobody, and
/// when it was set back, heartbeats by the new time count.
/// </remarks>
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
        Moment now = Moment.Of(_timeProvider);
        if (now.Wall - at > MaxAge || at - now.Wall > MaxClockSkew)
            return false;

        bool isNew;
        bool hasRoom;
        List<PeerId> silent = [];
        lock (_gate)
        {
            bool isKnown = _entries.TryGetValue(peer, out Entry entry);
            if (isKnown && entry.IsRevoked && at <= entry.At)
                return false;
            isNew = !isKnown || entry.IsRevoked;
            if (isNew && !HasRoomNeedsGate(peer))
                silent = ScrubNeedsGate(now.Elapsed);
            hasRoom = !isNew || HasRoomNeedsGate(peer);
            TimeSpan since = SinceWhen(at, now);
            if (hasRoom && (isNew || since > entry.Since))
                _entries[peer] = new Entry(at, since, IsRevoked: false);
        }

        Tell(silent, AliveChangeKind.Silent);
        if (isNew && hasRoom)
            Tell([peer], AliveChangeKind.Joined);
        return hasRoom;
    }

    /// <inheritdoc/>
    /// <remarks>It is remembered, whether or not the peer was ever seen, for as long as a sighting from before it could count.</remarks>
    public void Revoke(PeerId peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        Moment now = Moment.Of(_timeProvider);
        lock (_gate)
        {
            // What was seen up to here is revoked, even if its stamp lies a little ahead.
            DateTimeOffset at = _entries.TryGetValue(peer, out Entry entry) && entry.At > now.Wall ? entry.At : now.Wall;
            _entries[peer] = new Entry(at, SinceWhen(at, now), IsRevoked: true);
        }

        Tell([peer], AliveChangeKind.Revoked);
    }

    /// <summary>Removes what is too old.</summary>
    /// <returns>How many peers fell silent.</returns>
    public int Scrub()
    {
        List<PeerId> silent;
        lock (_gate)
            silent = ScrubNeedsGate(_timeProvider.GetElapsedTime(0));
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

    // A stamp that lies ahead lasts for that much longer; but not one that a wall clock which was set back has left there.
    private TimeSpan SinceWhen(DateTimeOffset at, Moment now) => now.Elapsed + (at - now.Wall < MaxClockSkew ? at - now.Wall : MaxClockSkew);

    // One that comes back from a revocation needs its place as well: there may be more revocations than places.
    private bool HasRoomNeedsGate(PeerId peer) => _entries.Count - (_entries.ContainsKey(peer) ? 1 : 0) < Capacity;

    private List<PeerId> ScrubNeedsGate(TimeSpan now)
    {
        var silent = new List<PeerId>();
        foreach ((PeerId peer, Entry entry) in _entries)
        {
            if (now - entry.Since <= MaxAge)
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

    /// <summary>What is known of a peer.</summary>
    /// <param name="At">The stamp of its last sighting; or up to which stamp it is revoked.</param>
    /// <param name="Since">Where that lies on the clock that does not jump.</param>
    /// <param name="IsRevoked">Which of the two.</param>
    private readonly record struct Entry(DateTimeOffset At, TimeSpan Since, bool IsRevoked);
}
