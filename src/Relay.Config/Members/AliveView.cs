using System.Collections.Immutable;
using Relay.Multiformats;

namespace Relay.Members;

/// <summary>
/// Who, of all peers that were ever sighted, is a member now. A peer becomes one by a sighting no older than the largest age; it stays one,
/// whether or not snapshots name it, until its last sighting is older than age and grace together; an explicit revocation ends it at once.
/// Pure and synchronous: time is passed in. Not thread-safe.
/// </summary>
/// <remarks>
/// <para>Absence is no evidence: a bucket that was just scrubbed lacks live members. Age is, and it is counted on the clock that does not
/// jump, from the moment a stamp was first seen; the wall clock only judges stamps as they arrive.</para>
/// <para>Members age by looking, not by waiting: only a snapshot with a usable sighting of another peer moves their age, and by at most half the
/// largest age however long ago the one before was. So neither a source that fails, nor one that has nothing to say but what the node itself,
/// or the node whose API it is, has told it, costs anybody the membership, and after an outage the living have time to be seen.</para>
/// </remarks>
internal sealed partial class AliveView(SightingRules rules)
{
    private readonly Dictionary<PeerId, Sighting> _members = [];
    private readonly Dictionary<PeerId, Revocation> _revoked = []; // only a later sighting makes a member again
    private TimeSpan _observed;     // how long somebody has been looking
    private TimeSpan? _lookedAt;    // when the last usable snapshot came; null before the first
    private bool _isReady;

    /// <summary>Whether enough members other than the nodes of its own were seen to admit only these. Once true, always true.</summary>
    public bool IsReady => _isReady;

    /// <summary>When another peer than the nodes of its own was last seen, on the clock that does not jump; null before the first.</summary>
    public TimeSpan? SeenAt => _lookedAt;

    /// <summary>The members.</summary>
    public IReadOnlyCollection<PeerId> Members => _members.Keys;

    /// <summary>Who was revoked and not seen since, as long as an older sighting could still turn up.</summary>
    public IReadOnlyCollection<PeerId> Revoked => _revoked.Keys;

    /// <summary>Judges by other rules from now on. Who is a member, and a network that was complete enough, stays so until the next look.</summary>
    public void Apply(SightingRules newRules) => rules = newRules;

    /// <summary>Takes a snapshot in.</summary>
    public Look Take(ImmutableArray<Member> snapshot, Moment now)
    {
        ForgetRevocations(now.Elapsed);
        bool anyRevoked = Revoke(snapshot, now);
        int forgotten = BoundRevocations();
        (List<(PeerId Peer, DateTimeOffset At)> fresh, Look look) = Judge(snapshot, now);
        bool isEvidence = look.Fresh > 0; // else nothing says who is alive: nobody ages by it
        if (isEvidence)
        {
            _observed += Min(now.Elapsed - (_lookedAt ?? now.Elapsed), rules.MaxAge / 2);
            _lookedAt = now.Elapsed;
        }

        (int joined, int surplus) = Admit(fresh, now.Wall);
        int left = isEvidence ? Expire() : 0;
        int others = _members.Count - rules.Own.Count(_members.ContainsKey);
        _isReady |= fresh.Count > 0 && others >= rules.MinimumMembers;
        return look with { Surplus = surplus, Forgotten = forgotten, HeldBack = _heldBack, IsChanged = anyRevoked || joined + left > 0 };
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    // A revocation without a stamp is of now; one with a stamp from the future too, or it would keep the peer out for that long.
    private bool Revoke(ImmutableArray<Member> snapshot, Moment now)
    {
        bool any = false;
        foreach (Member entry in snapshot)
        {
            if (!entry.Revoked)
                continue;

            DateTimeOffset until = entry.LastSeen is { } stamp && stamp < now.Wall ? stamp : now.Wall;
            if (_members.TryGetValue(entry.PeerId, out Sighting member) && member.At > until)
                until = member.At; // what was seen up to here is revoked, whatever the clocks say
            if (_revoked.TryGetValue(entry.PeerId, out Revocation known) && known.Until > until)
                until = known.Until;
            _revoked[entry.PeerId] = new Revocation(until, now.Elapsed);
            any |= _members.Remove(entry.PeerId);
        }

        return any;
    }

    private (List<(PeerId Peer, DateTimeOffset At)> Fresh, Look Look) Judge(ImmutableArray<Member> snapshot, Moment now)
    {
        var fresh = new List<(PeerId, DateTimeOffset)>(snapshot.Length);
        HashSet<PeerId>? revokedHere = snapshot.Any(static entry => entry.Revoked)
            ? [.. snapshot.Where(static entry => entry.Revoked).Select(static entry => entry.PeerId)]
            : null;
        int others = 0;
        int stale = 0;
        int future = 0;
        foreach (Member entry in snapshot)
        {
            DateTimeOffset at = entry.LastSeen ?? now.Wall;
            if (entry.Revoked || revokedHere?.Contains(entry.PeerId) == true)
                continue;
            if (now.Wall - at > rules.MaxAge)
                stale++;
            else if (at - now.Wall > rules.MaxClockSkew)
                future++;
            else if (!_revoked.TryGetValue(entry.PeerId, out Revocation revoked) || at > revoked.Until)
            {
                fresh.Add((entry.PeerId, at));
                others += rules.Own.Contains(entry.PeerId) ? 0 : 1;
            }
        }

        return (fresh, new Look { Fresh = others, Stale = stale, Future = future });
    }

    private (int Joined, int Surplus) Admit(List<(PeerId Peer, DateTimeOffset At)> fresh, DateTimeOffset now)
    {
        int joined = 0;
        int surplus = 0;
        foreach ((PeerId peer, DateTimeOffset at) in fresh)
        {
            bool isMember = _members.TryGetValue(peer, out Sighting last);
            if (isMember && at <= last.At && last.At - now <= rules.MaxClockSkew)
                continue; // the same heartbeat again, or an older one: it has been counted. Unless the wall clock was set back since
            if (!isMember && _members.Count >= rules.MaxMembers)
            {
                surplus++;
                continue;
            }

            TimeSpan age = now > at ? now - at : TimeSpan.Zero;
            _members[peer] = new Sighting(at, _observed - age);
            _revoked.Remove(peer);
            joined += isMember ? 0 : 1;
        }

        return (joined, surplus);
    }

    // Those that no sighting from before can be usable after.
    private void ForgetRevocations(TimeSpan now)
    {
        foreach ((PeerId peer, Revocation revoked) in _revoked)
        {
            if (now - revoked.At > rules.MaxAge + rules.MaxClockSkew)
                _revoked.Remove(peer);
        }
    }

    // Whoever can write to an alive bucket can revoke names that were never seen, by the million.
    private int BoundRevocations()
    {
        int surplus = _revoked.Count - rules.MaxMembers;
        if (surplus <= 0)
            return 0;
        foreach (PeerId peer in _revoked.OrderBy(static entry => entry.Value.At).Take(surplus).Select(static entry => entry.Key).ToArray())
            _revoked.Remove(peer);
        return surplus;
    }

    /// <summary>The last sighting of a member.</summary>
    /// <param name="At">Its stamp.</param>
    /// <param name="Since">Where on the clock of looking it lies.</param>
    private readonly record struct Sighting(DateTimeOffset At, TimeSpan Since);

    /// <summary>An explicit revocation.</summary>
    /// <param name="Until">Sightings up to here do not count.</param>
    /// <param name="At">When it was last told, on the clock that does not jump.</param>
    private readonly record struct Revocation(DateTimeOffset Until, TimeSpan At);
}
