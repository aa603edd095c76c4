using System.Collections.Frozen;
using System.Collections.Immutable;
using Relay.Multiformats;

namespace Relay;

internal sealed partial class NetworkService
{
    /// <summary>How long a read may take.</summary>
    public static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(10);

    private Task<MembershipSnapshot>? _read; // the last read; unfinished when the source ignored the end of its time
    private ImmutableArray<Member> _applied; // of the last good snapshot
    private MembershipStatus _status;

    /// <summary>How things stand now.</summary>
    public MembershipStatus Status => Volatile.Read(ref _status);

    // Called by the start and then by the loop only, so never twice at once. Returns what went wrong, if anything.
    private async Task<MembershipException?> RefreshAsync(CancellationToken cancellationToken)
    {
        MembershipException error;
        try
        {
            Apply(await ReadAsync(cancellationToken).ConfigureAwait(false));
            return null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (MembershipException e)
        {
            error = e;
        }
        catch (Exception e) // whatever somebody's source throws
        {
            error = new MembershipException(MembershipError.Unreadable, $"The membership source failed: {e.Message}", e);
        }

        string consequence = _acl.IsWindowOpen ? "the bootstrap window stays open" : $"{_acl.MemberCount} known members stay";
        if (Status.LastError is null)
            LogSourceFails(error.Message, consequence, error);
        else
            LogSourceStillFails(error.Message);
        Volatile.Write(ref _status, Status with { LastError = error });
        return error;
    }

    private async Task<MembershipSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        if (_read is { IsCompleted: false })
            throw new MembershipException(MembershipError.TimedOut, "The membership source has not come back from an earlier read.");

        using var deadline = new CancellationTokenSource(ReadTimeout, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        CancellationToken token = either.Token;

        // On a thread of its own: a source that blocks must not block the node.
        Task<MembershipSnapshot> read = _read = Task.Run(() => _source.ReadAsync(token).AsTask(), CancellationToken.None);
        try
        {
            return await read.WaitAsync(token).ConfigureAwait(false)
                ?? throw new MembershipException(MembershipError.WrongAnswer, "The membership source returned null.");
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            Abandon(read);
            cancellationToken.ThrowIfCancellationRequested();
            throw new MembershipException(
                MembershipError.TimedOut, $"The membership source gave no answer within {ReadTimeout.TotalSeconds} s.");
        }
    }

    // Nobody waits for this read any more; its exception, if it comes to one, has been looked at.
    private static void Abandon(Task read) => read.ContinueWith(
        static read => _ = read.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    private void Apply(MembershipSnapshot snapshot)
    {
        if (snapshot.Kind != _source.Kind)
        {
            throw new MembershipException(
                MembershipError.WrongAnswer,
                $"The membership source is of the kind {_source.Kind} and returned a snapshot of the kind {snapshot.Kind}.");
        }

        if (snapshot.Members.IsEmpty && !snapshot.Invalid.IsEmpty)
        {
            throw new MembershipException(
                MembershipError.NothingUsable,
                $"No entry of the membership source can be read. The first: {Describe(snapshot.Invalid[0])}.");
        }

        FrozenSet<PeerId>? before = _acl.Members;
        bool changed = snapshot.Members != _applied && ApplyMembers(snapshot);
        _applied = snapshot.Members;
        Report(snapshot, changed ? before : _acl.Members);

        DateTimeOffset now = _timeProvider.GetUtcNow();
        Volatile.Write(ref _status, new MembershipStatus
        {
            IsWindowOpen = _acl.IsWindowOpen,
            MemberCount = _acl.MemberCount,
            TakenAt = snapshot.TakenAt,
            RefreshedAt = now,
            ChangedAt = changed ? now : Status.ChangedAt,
            Invalid = snapshot.Invalid,
        });
    }

    private bool ApplyMembers(MembershipSnapshot snapshot)
    {
        var members = new HashSet<PeerId>(snapshot.Members.Length);
        var revoked = new HashSet<PeerId>();
        foreach (Member member in snapshot.Members)
            (member.Revoked ? revoked : members).Add(member.PeerId);
        members.ExceptWith(revoked);

        // Sightings of nobody say nothing about those seen before; what is revoked is revoked all the same.
        if (members.Count == 0 && snapshot.Kind == MembershipKind.Sightings)
        {
            if (_acl.Members is not { } current)
                return false;

            members.UnionWith(current);
            members.ExceptWith(revoked);
        }

        return _acl.ReplaceFromSource(members);
    }

    private void Report(MembershipSnapshot snapshot, FrozenSet<PeerId>? before)
    {
        if (Status.LastError is not null)
            LogSourceIsBack();
        if (!snapshot.Invalid.IsEmpty && !snapshot.Invalid.SequenceEqual(Status.Invalid))
            LogInvalidEntries(snapshot.Invalid.Length, Describe(snapshot.Invalid[0]));

        if (_acl.Members is not { } after || ReferenceEquals(before, after))
            return;

        int stayed = before is null ? 0 : after.Count(before.Contains);
        LogMembersChanged(after.Count, after.Count - stayed, (before?.Count ?? 0) - stayed);
        if (before is null)
            LogWindowIsClosed();
    }

    private static string Describe(InvalidMember invalid) => $"entry {invalid.Position} {invalid.Reason}";
}
