using System.Collections.Immutable;
using Relay.Multiformats;

namespace Relay.Members;

/// <summary>
/// One membership source as a node sees it: reads it, with a deadline, and keeps what it said last. Reads one at a time; the answers are
/// taken in by <see cref="Accept"/> and <see cref="Fail"/>, which whoever owns it calls one at a time, as <see cref="Resolve"/>.
/// </summary>
internal sealed class SourceReader(IMembershipSource source, NetworkOnlyOption option, PeerId self, TimeProvider timeProvider)
{
    private readonly MembershipKind _kind = source.Kind;
    private readonly AliveView? _view = source.Kind == MembershipKind.Sightings ? new AliveView(SightingRules.From(option, OwnOf(source, self))) : null;
    private Task<MembershipSnapshot>? _read; // the last read; unfinished when the source ignored the end of its time
    private ImmutableArray<Member> _applied; // of the last good authoritative snapshot
    private PeerSet _members = PeerSet.None;
    private PeerSet _open = PeerSet.AllBut([]);
    private bool _admits; // says, here or there in the whole, who is a member

    public IMembershipSource Source => source;

    public MembershipKind Kind => _kind;

    public SourceState State { get; private set; } = new();

    /// <summary>Whether the source says, here or there in the whole, who is no member.</summary>
    public bool Denies { get; private set; }

    /// <summary>Whether it denies everyone, as it was never read.</summary>
    public bool IsDenyingAll => Denies && State.RefreshedAt is null;

    /// <summary>Who was explicitly revoked.</summary>
    public IReadOnlySet<PeerId> Revoked => _open.Peers;

    /// <summary>Reads the source.</summary>
    /// <exception cref="MembershipException">It failed, in whatever way.</exception>
    /// <exception cref="OperationCanceledException">The caller's own token was cancelled.</exception>
    public async Task<MembershipSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(option.ReadTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        CancellationToken token = either.Token;
        if (_read is { IsCompleted: false } earlier)
            await WaitForEarlierAsync(earlier, token, cancellationToken).ConfigureAwait(false);

        // On a thread of its own: a source that blocks must not block the node.
        Task<MembershipSnapshot> read = _read = Task.Run(() => AskAsync(token), CancellationToken.None);
        try
        {
            return Check(await read.WaitAsync(token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            Abandon(read);
            cancellationToken.ThrowIfCancellationRequested();
            throw new MembershipException(
                MembershipError.TimedOut, $"The membership source gave no answer within {option.ReadTimeout.TotalSeconds} s.");
        }
        catch (Exception e) when (e is not MembershipException) // whatever somebody's source throws
        {
            throw new MembershipException(MembershipError.Unreadable, $"The membership source failed: {e.Message}", e);
        }
    }

    /// <summary>Says how the source counts in one place of the whole, before it is read.</summary>
    public void CountsAs(Polarity polarity)
    {
        Denies |= polarity == Polarity.Negative;
        _admits |= polarity != Polarity.Negative;
        _view?.Apply(Rules());
    }

    /// <summary>Reads and judges by other rules from now on; called as <see cref="Accept"/> is.</summary>
    public void Apply(NetworkOnlyOption rules)
    {
        option = rules;
        _view?.Apply(Rules());
    }

    /// <summary>Takes a snapshot in.</summary>
    /// <exception cref="MembershipException">Nothing in it could be used; revocations in it count all the same.</exception>
    public void Accept(MembershipSnapshot snapshot)
    {
        Moment now = Moment.Of(timeProvider);
        Look look = default;
        if (_view is not null)
            look = TakeSightings(_view, snapshot, now);
        else if (snapshot.Members != _applied)
            TakeWhole(snapshot.Members);
        State = State with
        {
            TakenAt = snapshot.TakenAt,
            RefreshedAt = now.Wall,
            KnownSince = now.Elapsed,
            SeenSince = _view?.SeenAt,
            IsSilent = !Denies && _view?.SeenAt is { } seen && now.Elapsed - seen > option.MaxAge,
            LastError = null,
            Failures = 0,
            Invalid = snapshot.Invalid,
            Look = look,
        };
    }

    /// <summary>Notes that a read failed. What is known stays.</summary>
    public void Fail(MembershipException error) =>
        State = State with { LastError = error, Failures = State.Failures + 1, Errors = State.Errors + 1 };

    /// <summary>Who the source stands for.</summary>
    public PeerSet Resolve(Polarity polarity) => polarity switch
    {
        Polarity.Open when _view is { IsReady: false } => _open,
        Polarity.Negative when State.RefreshedAt is null => PeerSet.AllBut([]),
        _ => _members,
    };

    // One that was cut off by a stop or its deadline may still be unwinding.
    private static async Task WaitForEarlierAsync(Task earlier, CancellationToken token, CancellationToken cancellationToken)
    {
        await earlier.WaitAsync(token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (earlier.IsCompleted)
            return;
        cancellationToken.ThrowIfCancellationRequested();
        throw new MembershipException(MembershipError.TimedOut, "The membership source has not come back from an earlier read.");
    }

    private Task<MembershipSnapshot> AskAsync(CancellationToken cancellationToken)
    {
        if (source is IAliveLedger ledger && !Denies)
            ledger.Announce(self, timeProvider.GetUtcNow());
        return source.ReadAsync(cancellationToken).AsTask();
    }

    private MembershipSnapshot Check(MembershipSnapshot? snapshot)
    {
        if (snapshot is null)
            throw new MembershipException(MembershipError.WrongAnswer, "The membership source returned null.");
        if (snapshot.Kind != _kind)
        {
            throw new MembershipException(
                MembershipError.WrongAnswer, $"The membership source is of the kind {_kind} and returned a snapshot of the kind {snapshot.Kind}.");
        }

        if (snapshot.Members.IsEmpty && !snapshot.Invalid.IsEmpty)
        {
            throw new MembershipException(
                MembershipError.NothingUsable,
                $"No entry of the membership source can be read. The first: {snapshot.Invalid[0].Describe()}.");
        }

        return snapshot;
    }

    // The node whose API is asked announces itself as the relay does, and is no network either.
    private static PeerId[] OwnOf(IMembershipSource source, PeerId self) => source is EdgeVpnMembershipSource { ApiPeer: { } api } ? [self, api] : [self];

    // Silence ends a membership, and no ban.
    private SightingRules Rules()
    {
        SightingRules rules = SightingRules.From(option, OwnOf(source, self));
        return Denies && !_admits ? rules with { MaxAge = SightingRules.Forever } : rules;
    }

    private Look TakeSightings(AliveView view, MembershipSnapshot snapshot, Moment now)
    {
        Look look = view.Take(snapshot.Members, now);
        if (look.IsChanged)
            _members = PeerSet.Only(view.Members);
        if (!_open.Peers.SetEquals(view.Revoked))
            _open = PeerSet.AllBut(view.Revoked);
        if (look.Fresh == 0 && look.Stale + look.Future > 0)
        {
            State = State with { Look = look };
            throw new MembershipException(
                MembershipError.NothingUsable,
                $"No sighting of the membership source can be used: {look.Stale} are older than {option.MaxAge}, {look.Future} lie in the future. "
                + "Is a clock wrong?");
        }

        return look;
    }

    private void TakeWhole(ImmutableArray<Member> entries)
    {
        HashSet<PeerId> revoked = [.. entries.Where(static entry => entry.Revoked).Select(static entry => entry.PeerId)];
        var members = new HashSet<PeerId>(entries.Length);
        foreach (Member entry in entries)
        {
            if (!revoked.Contains(entry.PeerId))
                members.Add(entry.PeerId);
        }

        _applied = entries;
        _open = PeerSet.AllBut(revoked);
        if (!members.SetEquals(_members.Peers))
            _members = PeerSet.Only(members);
    }

    // Nobody waits for this read any more; its exception, if it comes to one, has been looked at.
    private static void Abandon(Task read) => read.ContinueWith(
        static read => _ = read.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
}
