using System.Collections.Frozen;
using Relay.Members;
using Relay.Multiformats;

namespace Relay;

internal sealed partial class NetworkService
{
    private MembershipStatus _status;
    private PeerSet? _resolved; // what the ACL was last told
    private bool _isWindowExpired; // whoever was seen by then are the members
    private WindowState? _windowTold; // what the log last said of it
    private TimeSpan? _startedAt; // the last time, on the clock that does not jump

    private enum WindowState
    {
        Open,
        Held, // shut until it is known who is denied
        Over,
    }

    public MembershipStatus Status => Volatile.Read(ref _status);

    public MembershipStatus StatusNow
    {
        get
        {
            MembershipStatus status = Status;
            TimeSpan now = _timeProvider.GetElapsedTime(0);
            return status with
            {
                Age = now - status.KnownSince,
                Silence = now - status.SeenSince,
                WindowOpenFor = status.IsWindowOpen ? Volatile.Read(ref _run)?.Window?.OpenFor : null,
            };
        }
    }

    // All sources at once, and the ACL is told when all have answered: halfway, a union is too small and an exception too large.
    private async Task ReadFirstAsync(IReadOnlyList<RefreshLoop> loops, CancellationToken cancellationToken)
    {
        (MembershipSnapshot?, MembershipException?)[] answers =
            await Task.WhenAll(loops.Select(loop => TryReadAsync(loop.Reader, cancellationToken))).ConfigureAwait(false);
        await _applying.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (int i = 0; i < loops.Count; i++)
                TakeIn(loops[i].Reader, answers[i]);
            Publish();
        }
        finally
        {
            _applying.Release();
        }

        foreach (RefreshLoop loop in loops)
        {
            if (loop.Reader is { Kind: MembershipKind.Authoritative, State.LastError: { } error })
                throw error;
        }
    }

    private async Task RefreshAsync(RefreshLoop loop, CancellationToken cancellationToken)
    {
        (MembershipSnapshot?, MembershipException?) answer = await TryReadAsync(loop.Reader, cancellationToken).ConfigureAwait(false);
        await _applying.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            TakeIn(loop.Reader, answer);
            loop.ReadEnded();
            Publish();
        }
        finally
        {
            _applying.Release();
        }
    }

    private static async Task<(MembershipSnapshot? Snapshot, MembershipException? Error)> TryReadAsync(
        SourceReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return (await reader.ReadAsync(cancellationToken).ConfigureAwait(false), null);
        }
        catch (MembershipException e)
        {
            return (null, e);
        }
    }

    private void TakeIn(SourceReader reader, (MembershipSnapshot? Snapshot, MembershipException? Error) answer)
    {
        SourceState before = reader.State;
        try
        {
            if (answer.Error is { } error)
                throw error;
            reader.Accept(answer.Snapshot!);
        }
        catch (MembershipException e)
        {
            reader.Fail(e);
        }

        Report(reader, before);
    }

    // Tells the ACL, then the world.
    private void Publish()
    {
        FrozenSet<PeerId>? before = _acl.Members;
        PeerSet set = _tree.Resolve(mayBeOpen: !_isWindowExpired);
        bool isNew = !ReferenceEquals(set, _resolved);

        // A source that denies everyone because it was never read shuts the window, but does not use it up.
        bool isForGood = _isWindowExpired || !_tree.Readers.Any(static reader => reader.IsDenyingAll);
        bool isChanged = isNew && (set.IsComplement ? _acl.DenyInWindow(set.Peers) : _acl.ReplaceFromSource(set.Peers, isForGood));
        _resolved = set;
        FrozenSet<PeerId>? after = _acl.Members;
        (int joined, int left, int revoked) = isChanged ? Compare(before, after) : default;
        MembershipStatus last = Status;
        Volatile.Write(ref _status, new MembershipStatus
        {
            IsWindowOpen = after is null,
            MemberCount = after?.Count ?? 0,
            TakenAt = _tree.HasHeardAll ? _tree.Readers.Min(static reader => reader.State.TakenAt) : null,
            RefreshedAt = _tree.HasHeardAll ? _tree.Readers.Min(static reader => reader.State.RefreshedAt) : null,
            KnownSince = _tree.Readers.Min(reader => reader.State.KnownSince ?? _startedAt),
            SeenSince = _tree.Readers.Where(static reader => !reader.Denies).Min(static reader => reader.State.SeenSince),
            ChangedAt = isChanged && after is not null ? _timeProvider.GetUtcNow() : last.ChangedAt,
            LastError = _tree.Readers.Select(static reader => reader.State.LastError).FirstOrDefault(static error => error is not null),
            SourceErrors = _tree.Readers.Sum(static reader => reader.State.Errors),
            Joined = last.Joined + joined,
            Left = last.Left + left,
            Revoked = last.Revoked + revoked,
            Invalid = _tree.Readers.Length == 1 ? _tree.Readers[0].State.Invalid : [.. _tree.Readers.SelectMany(static reader => reader.State.Invalid)],
            HeldBack = _tree.Readers.Sum(static reader => reader.State.Look.HeldBack),
            Sources = DescribeSources(),
        });
        if (joined + left + revoked > 0)
            LogMembersChanged(after!.Count, joined, left, revoked);
        TellWindow(after is null ? WindowState.Open : _acl.IsWindowOver ? WindowState.Over : WindowState.Held);
    }

    private void TellWindow(WindowState state)
    {
        if (state == _windowTold)
            return;

        _windowTold = state;
        switch (state)
        {
            case WindowState.Open when _option.BootstrapTimeout is { } timeout:
                LogWindowIsOpenFor(timeout, _option.MinimumMembers);
                break;
            case WindowState.Open:
                LogWindowIsOpen(_option.MinimumMembers);
                break;
            case WindowState.Held:
                LogWindowIsHeld(string.Join(", ", _tree.Readers.Where(static reader => reader.IsDenyingAll).Select(static reader => reader.Source)));
                break;
            default:
                LogWindowIsClosed(_acl.MemberCount);
                break;
        }
    }

    private (int Joined, int Left, int Revoked) Compare(FrozenSet<PeerId>? before, FrozenSet<PeerId>? after)
    {
        if (after is null)
            return default;

        int stayed = before is null ? 0 : after.Count(before.Contains);
        int gone = (before?.Count ?? 0) - stayed;
        int revoked = gone == 0 ? 0
            : before!.Count(peer => !after.Contains(peer) && _tree.Readers.Any(reader => reader.Revoked.Contains(peer)));
        return (after.Count - stayed, gone - revoked, revoked);
    }

    // Each state is told once, when it begins.
    private void Report(SourceReader reader, SourceState before)
    {
        SourceState now = reader.State;
        string name = _tree.Readers.Length == 1 ? string.Empty : $"{reader.Source}: ";
        if (now.LastError is { } error)
        {
            string consequence = reader.IsDenyingAll ? "it denies everyone"
                : _acl.IsWindowOpen ? "the bootstrap window stays open"
                : $"{_acl.MemberCount} known members stay";
            if (before.LastError is null)
                LogSourceFails(name + error.Message, consequence, error);
            else
                LogSourceStillFails(name + error.Message);
            return;
        }

        if (before.LastError is not null)
            LogSourceIsBack(name);
        if (!now.Invalid.IsEmpty && !now.Invalid.SequenceEqual(before.Invalid))
            LogInvalidEntries(now.Invalid.Length, name, now.Invalid[0].Describe());
        if (now.Look.Future > 0 && before.Look.Future == 0)
            LogFutureSightings(now.Look.Future, name, _option.MaxClockSkew);
        if (now.Look.Surplus > 0 && before.Look.Surplus == 0)
            LogTooManyMembers(now.Look.Surplus, SightingRules.MostMembers);
        if (now.Look.Forgotten > 0 && before.Look.Forgotten == 0)
            LogTooManyRevocations(now.Look.Forgotten, SightingRules.MostMembers);
        if (now.Look.HeldBack > 0 && before.Look.HeldBack == 0)
            LogHeldBack(now.Look.HeldBack, _option.MaxShrinkPercent, _option.MaxAge);
        if (now.Look.HeldBack == 0 && before.Look.HeldBack > 0)
            LogHeldBackNoMore();
        if (now.IsSilent && !before.IsSilent)
            LogSilent(name, _option.MaxAge, _acl.MemberCount);
    }
}
